package dev.weir.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

class PeerCallsTest {
    private final PeerCalls calls = new PeerCalls(3);
    private final PeerCall first = call(10);
    private final PeerCall second = call(20);
    private final PeerCall third = call(30);

    @Test
    void shouldFindACallByTheIdThatItWasSentUnder() {
        calls.add(first);
        calls.add(second);
        int id1 = calls.sending(next());
        int id2 = calls.sending(next());

        assertThat(id1).isNotEqualTo(id2);
        assertThat(calls.take(id2)).isSameAs(second);
        assertThat(calls.take(id2)).isNull();
        assertThat(calls.take(id1)).isSameAs(first);
        assertThat(calls.isEmpty()).isTrue();
    }

    @Test
    void shouldTakeNoMoreThanTheBoundSentOrNot() {
        calls.add(first);
        calls.sending(next());
        calls.add(second);
        calls.add(third);

        assertThat(calls.add(call(40))).isFalse();
        calls.take(1);
        assertThat(calls.add(call(40))).isTrue();
    }

    @Test
    void shouldExpireWhatIsOverAndTellWhetherTheConnectionIsStuck() {
        calls.add(first);
        calls.add(second);
        calls.add(third);
        calls.sending(next());
        assertThat(calls.nextDeadlineMs()).isEqualTo(10);

        assertThat(calls.expire(9).calls()).isEmpty();
        PeerCalls.Expired sent = calls.expire(10);
        PeerCalls.Expired waiting = calls.expire(29);

        assertThat(sent.calls()).containsExactly(first);
        assertThat(sent.stuck()).isTrue();
        assertThat(waiting.calls()).containsExactly(second);
        assertThat(waiting.stuck()).isFalse();
        assertThat(calls.nextDeadlineMs()).isEqualTo(30);
    }

    @Test
    void shouldGiveUpWhatWasSentAndWhatWasNotInTheOrderInWhichTheyWereAsked() {
        calls.add(first);
        calls.add(second);
        calls.add(third);
        calls.sending(next());

        assertThat(calls.takeSent()).containsExactly(first);
        assertThat(calls.takeWaiting()).containsExactly(second, third);
        assertThat(calls.isEmpty()).isTrue();
        assertThat(calls.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    private PeerCall next() {
        PeerCall next = calls.next();
        if (next == null) {
            throw new AssertionError("nothing waits");
        }
        return next;
    }

    private static PeerCall call(long deadlineMs) {
        return new PeerCall(
                ApiKeys.API_VERSIONS, versions -> new ApiVersionsRequestData(), deadlineMs, new PeerCall.Outcome() {
                    @Override
                    public void answered(ApiMessage response) {}

                    @Override
                    public void failed(PeerException cause) {}
                });
    }
}
