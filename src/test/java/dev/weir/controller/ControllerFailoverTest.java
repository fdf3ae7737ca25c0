package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.LogPosition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.junit.jupiter.api.Test;

/**
 * What a controller knows of the life of brokers is in its memory only. A broker that dies together with the controller never
 * shows itself to the next one, and a controller that stood still has missed what all brokers have sent.
 */
class ControllerFailoverTest {
    private static final long SESSION_MS = 9_000;
    private static final long HEARTBEAT_MS = 2_000;
    private static final long TICK_MS = 100;
    private static final Uuid SHARED = new Uuid(1, 1);
    private static final Uuid ALONE = new Uuid(1, 2);

    private final BrokerSessions sessions = new BrokerSessions(SESSION_MS);
    private final BrokerLifecycle brokers = new BrokerLifecycle(new FakeConfigRules());
    private final BrokerHeartbeats heartbeats = new BrokerHeartbeats(brokers);
    private final List<Integer> fenced = new ArrayList<>();
    private ClusterImage image = TestCluster.withTopic(
                    TestCluster.withTopic(TestCluster.ofBrokers(3), "shared", SHARED, 1, 2, 3), "alone", ALONE, 1)
            .at(new LogPosition(100, 1));
    private long nowMs = 1_000;

    @Test
    void shouldFenceABrokerThatDiedWithTheControllerBeforeItEverShowedItselfToTheNext() {
        // given
        sessions.begin(image, nowMs);
        long takenOver = nowMs;

        // when
        while (fenced.isEmpty() && nowMs < 60_000) {
            passWithLifeOf(2, 3);
        }

        // then
        assertThat(fenced).containsExactly(1);
        assertThat(nowMs - takenOver).isEqualTo(SESSION_MS);
        assertThat(leaderOf(SHARED)).isEqualTo(2);
        assertThat(leaderOf(ALONE)).isEqualTo(-1);
    }

    @Test
    void shouldFenceNobodyWhoShowsLifeToTheNextControllerWithinAFullSession() {
        // given
        sessions.begin(image, nowMs);

        // when
        long silentUntil = nowMs + SESSION_MS - HEARTBEAT_MS;
        while (nowMs < silentUntil) {
            pass();
        }
        for (int i = 0; i < 300; i++) {
            passWithLifeOf(1, 2, 3);
        }

        // then
        assertThat(fenced).isEmpty();
    }

    /** The heartbeats that came meanwhile are still to be read when it looks at its clock. */
    @Test
    void shouldFenceNobodyAfterItHasStoodStillForLongerThanASession() {
        // given
        sessions.begin(image, nowMs);
        passWithLifeOf(1, 2, 3);

        // when
        nowMs += 3 * SESSION_MS;
        pass();
        for (int i = 0; i < 300; i++) {
            passWithLifeOf(1, 2, 3);
        }

        // then
        assertThat(fenced).isEmpty();
    }

    @Test
    void shouldFenceABrokerThatDiedWhileItStoodStill() {
        // given
        sessions.begin(image, nowMs);
        passWithLifeOf(1, 2, 3);

        // when
        nowMs += 3 * SESSION_MS;
        while (fenced.isEmpty() && nowMs < 120_000) {
            passWithLifeOf(2, 3);
        }

        // then
        assertThat(fenced).containsExactly(1);
        assertThat(leaderOf(SHARED)).isEqualTo(2);
    }

    private void passWithLifeOf(Integer... alive) {
        if (nowMs % HEARTBEAT_MS == 0) {
            for (int id : alive) {
                decide(heartbeats.beat(image, beat(id), sessions, nowMs));
            }
        }
        pass();
    }

    /** As the controller does it: one after the other, and each on what the one before has left. */
    private void pass() {
        nowMs += TICK_MS;
        for (BrokerImage silent : sessions.expired(image, nowMs)) {
            fenced.add(silent.id());
            decide(brokers.fence(image, silent.id(), silent.epoch()));
        }
    }

    private void decide(ControllerResult<?> result) {
        image = TestCluster.apply(image, result.records());
    }

    private int leaderOf(Uuid topic) {
        return image.topics().partition(topic, 0).orElseThrow().leader();
    }

    private static BrokerHeartbeatRequestData beat(int id) {
        return new BrokerHeartbeatRequestData()
                .setBrokerId(id)
                .setBrokerEpoch(id * 10L)
                .setCurrentMetadataOffset(100);
    }
}
