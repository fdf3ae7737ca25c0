package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.core.GroupCall;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class HeldCallsTest {
    private static final long NOW_MS = 5_000;

    private final HeldCalls held = new HeldCalls();
    private final List<ApiMessage> answers = new ArrayList<>();

    @Test
    void shouldTakeInNoMoreThanItHasRoomFor() {
        // given
        for (int i = 0; i < HeldCalls.MOST; i++) {
            assertThat(held.offer(call(i, NOW_MS))).isTrue();
        }

        // then
        assertThat(held.offer(call(-1, NOW_MS))).isFalse();

        // and when
        assertThat(held.takeAll()).hasSize(HeldCalls.MOST);

        // then
        assertThat(held.offer(call(-1, NOW_MS))).isTrue();
    }

    @Test
    void shouldRefuseWhatHasWaitedItsTimeAndKeepTheRest() {
        // given
        held.offer(call(1, NOW_MS));
        held.offer(call(2, NOW_MS + 1));
        assertThat(held.nextMs()).isEqualTo(NOW_MS + HeldCalls.MOST_MS);

        // when
        held.refuseOverdue(NOW_MS + HeldCalls.MOST_MS);

        // then
        assertThat(answers).singleElement().satisfies(a -> assertThat(GroupReplies.error(a))
                .isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS));
        assertThat(held.nextMs()).isEqualTo(NOW_MS + 1 + HeldCalls.MOST_MS);
        assertThat(held.takeAll()).extracting(c -> c.call().requestId()).containsExactly(2L);
        assertThat(held.nextMs()).isEqualTo(GroupTimers.NEVER);
    }

    private PendingCall call(long id, long atMs) {
        GroupCall call = new GroupCall(id, ClassicRequests.heartbeat("m", 1), (short) 4, "client", "/h");
        return new PendingCall(call, atMs, answers::add);
    }
}
