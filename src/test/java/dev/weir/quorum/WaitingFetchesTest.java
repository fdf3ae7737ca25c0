package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.QuorumEffect.AnswerRecords;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fetch without news waits at the leader; however many wait, the brokers' fetches keep their places. */
class WaitingFetchesTest {
    private static final int WAIT_MS = 10_000;
    private static final ReplicaKey BROKER = new ReplicaKey(4, new Uuid(9, 4));

    private final LeaderCore leader = new LeaderCore();

    @BeforeEach
    void commitEverything() {
        leader.fetch(LeaderCore.TWO, new Asker(2, true), 0);
    }

    @Test
    void shouldEndTheOlderWaitOfAReplicaThatAsksAgainOnItsConnection() {
        assertThat(wait(BROKER, 1, true)).isEmpty();
        long first = leader.lastRequest();

        assertThat(wait(BROKER, 1, true)).containsExactly(first);
    }

    @Test
    void shouldNotEndAWaitBecauseSomebodyElseAsksInItsName() {
        assertThat(wait(BROKER, 1, true)).isEmpty();

        assertThat(wait(BROKER, 2, true)).isEmpty();
    }

    @Test
    void shouldEndTheOldestWaitsOfOneBrokerWhenThereAreMany() {
        List<Long> ended = new ArrayList<>();
        for (int connection = 1; connection <= WaitingFetches.MOST_OF_ONE_ID + 3; connection++) {
            ended.addAll(wait(BROKER, connection, true));
        }

        assertThat(ended).containsExactly(2L, 3L, 4L);
    }

    @Test
    void shouldEndTheOldestWaitsOfStrangersAndNoneOfABroker() {
        assertThat(wait(BROKER, 1, true)).isEmpty();
        assertThat(wait(LeaderCore.THREE, 2, false)).isEmpty();
        List<Long> ended = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ended.addAll(wait(new ReplicaKey(1_000 + i, new Uuid(9, i)), 100 + i, false));
        }

        assertThat(ended)
                .hasSize(1_000 - WaitingFetches.MOST_STRANGERS)
                .isSorted()
                .doesNotContain(2L, 3L);
    }

    /** Returns the numbers of the waiting fetches that this one ends. */
    private List<Long> wait(ReplicaKey replica, long connection, boolean registered) {
        return leader.fetch(replica, new Asker(connection, registered), WAIT_MS).stream()
                .filter(AnswerRecords.class::isInstance)
                .map(effect -> ((AnswerRecords) effect).requestId())
                .toList();
    }
}
