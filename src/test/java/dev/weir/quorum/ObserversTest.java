package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Everybody may fetch; the leader remembers a bounded number of those it does not know. */
class ObserversTest {
    private static final Asker STRANGER = new Asker(9, false);
    private static final Asker BROKER = new Asker(8, true);

    private final LeaderCore leader = new LeaderCore();

    @Test
    void shouldRememberABoundedNumberOfStrangersAndForgetTheLongestSilent() {
        for (int id = 1_000; id < 2_000; id++) {
            leader.time++;
            leader.fetch(new ReplicaKey(id, new Uuid(9, id)), STRANGER, 0);
        }

        assertThat(leader.observers())
                .hasSize(Replication.MOST_STRANGERS)
                .allMatch(replica -> replica.id() >= 2_000 - Replication.MOST_STRANGERS);
    }

    @Test
    void shouldKeepARegisteredBrokerHoweverManyStrangersFetch() {
        ReplicaKey broker = new ReplicaKey(4, new Uuid(9, 4));
        leader.fetch(broker, BROKER, 0);

        for (int id = 1_000; id < 2_000; id++) {
            leader.time++;
            leader.fetch(new ReplicaKey(id, new Uuid(9, id)), STRANGER, 0);
        }

        assertThat(leader.observers()).contains(broker);
    }

    @Test
    void shouldRememberFewDirectoriesOfOneBroker() {
        for (int directory = 1; directory <= 100; directory++) {
            leader.time++;
            leader.fetch(new ReplicaKey(4, new Uuid(9, directory)), BROKER, 0);
        }

        assertThat(leader.observers())
                .hasSize(Replication.MOST_OF_ONE_ID)
                .contains(new ReplicaKey(4, new Uuid(9, 100)));
    }

    @Test
    void shouldKeepAVoterHoweverManyOthersFetchUnderItsId() {
        leader.fetch(LeaderCore.TWO, BROKER, 0);

        for (int directory = 100; directory <= 200; directory++) {
            leader.time++;
            leader.fetch(new ReplicaKey(2, new Uuid(9, directory)), STRANGER, 0);
        }

        assertThat(leader.observers()).hasSize(Replication.MOST_OF_ONE_ID);
        assertThat(leader.core.view(0).voters().get(1).logEndOffset()).isEqualTo(LeaderCore.END);
    }

    @Test
    void shouldForgetAnObserverThatIsSilentForFiveMinutesAndNoVoter() {
        leader.fetch(new ReplicaKey(4, new Uuid(9, 4)), BROKER, 0);
        leader.fetch(LeaderCore.TWO, BROKER, 0);

        for (int second = 0; second <= 300; second++) {
            leader.pass(1_000);
            leader.fetch(LeaderCore.THREE, BROKER, 0);
        }

        assertThat(leader.observers()).isEmpty();
        assertThat(leader.core.view(0).voters().get(1).logEndOffset()).isEqualTo(LeaderCore.END);
    }

    @Test
    void shouldNotRememberAReplicaWithoutAnId() {
        leader.fetch(new ReplicaKey(-1, Uuid.ZERO_UUID), STRANGER, 0);

        assertThat(leader.observers()).isEmpty();
    }
}
