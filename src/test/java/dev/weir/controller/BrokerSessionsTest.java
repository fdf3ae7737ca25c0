package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerSessionsTest {
    private static final long TIMEOUT_MS = 9000;

    private final ClusterImage image = TestCluster.ofBrokers(3);
    private final BrokerSessions sessions = new BrokerSessions(TIMEOUT_MS);

    @Test
    void shouldGiveEveryBrokerAFullSessionWhenAControllerBegins() {
        // when
        sessions.begin(image, 0);
        watchUntil(TIMEOUT_MS - 100);

        // then
        assertThat(expiredAt(TIMEOUT_MS - 1)).isEmpty();
        assertThat(expiredAt(TIMEOUT_MS)).containsExactly(1, 2, 3);
    }

    @Test
    void shouldTellBrokersThatWereNotHeardInTheOrderOfTheirSilence() {
        // given
        sessions.begin(image, 0);
        sessions.heard(1, 10, 5, 3000);
        sessions.heard(2, 20, 5, 1000);
        sessions.heard(3, 30, 5, 8000);
        watchUntil(11_900);

        // then
        assertThat(expiredAt(12_000)).containsExactly(2, 1);
    }

    @Test
    void shouldNotTakeItsOwnPauseForTheDeathOfOthers() {
        // given
        sessions.begin(image, 0);
        watchUntil(4000);

        // when
        List<Integer> afterThePause = expiredAt(24_000);
        watchUntil(24_000 + TIMEOUT_MS - 4000 - 1);

        // then
        assertThat(afterThePause).isEmpty();
        assertThat(expiredAt(24_000 + TIMEOUT_MS - 4000)).containsExactly(1, 2, 3);
    }

    @Test
    void shouldNotTellFencedBrokers() {
        // given
        ClusterImage fenced = image.apply(TestCluster.broker(2, null, true));
        sessions.begin(fenced, 0);

        // then
        assertThat(sessions.expired(fenced, 4000)).isEmpty();
        assertThat(sessions.expired(fenced, 8000)).isEmpty();
        assertThat(sessions.expired(fenced, 12_000)).extracting(BrokerImage::id).containsExactly(1, 3);
    }

    @Test
    void shouldBeginANewSessionWithANewIncarnation() {
        // given
        sessions.begin(image, 0);
        watchUntil(4000);

        // when
        sessions.heard(1, 99, 5, 4000);

        // then
        assertThat(sessions.isAlive(1, 99, 12_999)).isTrue();
        assertThat(sessions.isAlive(1, 10, 4000)).isFalse();
    }

    @Test
    void shouldEndTheSessionOfTheIncarnationThatDiedOnly() {
        // given
        sessions.begin(image, 0);

        // when
        sessions.end(1, 10);
        sessions.end(2, 19);

        // then
        assertThat(sessions.isAlive(1, 10, 1)).isFalse();
        assertThat(sessions.isAlive(2, 20, 1)).isTrue();
    }

    private void watchUntil(long nowMs) {
        for (long at = 0; at <= nowMs; at += 100) {
            sessions.expired(
                    image.apply(TestCluster.broker(1, null, true))
                            .apply(TestCluster.broker(2, null, true))
                            .apply(TestCluster.broker(3, null, true)),
                    at);
        }
    }

    private List<Integer> expiredAt(long nowMs) {
        return sessions.expired(image, nowMs).stream().map(BrokerImage::id).toList();
    }
}
