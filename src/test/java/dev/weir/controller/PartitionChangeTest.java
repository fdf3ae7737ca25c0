package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** One partition on brokers 1, 2 and 3, all in sync, 1 leading; two must be in sync to commit. */
class PartitionChangeTest {
    private static final Uuid ID = new Uuid(1, 1);
    private static final TopicRules STRICT = new TopicRules(true, 2, false);
    private static final TopicRules UNCLEAN = new TopicRules(true, 2, true);
    private static final TopicRules WITHOUT_ELR = new TopicRules(false, 2, false);
    private static final PartitionChangeRecord CHANGE = PartitionChangeRecord.of(ID, 0);

    private ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(4), "t", ID, 1, 2, 3);

    @Test
    void shouldKeepThoseEligibleThatLeaveWhileNothingCanBeCommitted() {
        assertThat(fence(1, STRICT)).contains(CHANGE.withLeader(2).withIsr(List.of(2, 3)));
        assertThat(fence(2, STRICT))
                .contains(CHANGE.withLeader(3).withIsr(List.of(3)).withElr(List.of(2)));
        assertThat(fence(3, STRICT))
                .as("2 has all that is committed as well, but is not there either")
                .contains(CHANGE.withLeader(-1)
                        .withIsr(List.of())
                        .withElr(List.of(2, 3))
                        .withLastKnownElr(List.of(3)));
        assertThat(unfence(1, UNCLEAN))
                .as("1 was out of sync before the last record was committed")
                .contains(CHANGE.withLeader(1)
                        .withIsr(List.of(1))
                        .withElr(List.of())
                        .withRecovering(true)
                        .withLastKnownElr(List.of()));
    }

    @Test
    void shouldElectAnEligibleReplicaThatIsBack() {
        fence(1, STRICT);
        fence(2, STRICT);
        fence(3, STRICT);

        assertThat(unfence(1, STRICT)).isEmpty();
        assertThat(unfence(2, STRICT))
                .contains(CHANGE.withLeader(2)
                        .withIsr(List.of(2))
                        .withElr(List.of(3))
                        .withLastKnownElr(List.of()));
    }

    @Test
    void shouldNeedNobodyEligibleOnceEnoughAreInSync() {
        image = image.apply(CHANGE.withIsr(List.of(1)).withElr(List.of(3)));

        assertThat(change(STRICT).isr(List.of(1, 2)).record())
                .contains(CHANGE.withIsr(List.of(1, 2)).withElr(List.of()));
    }

    @Test
    void shouldElectTheLastLeaderOnlyIfItIsBackAndNobodyIsEligible() {
        image = image.apply(CHANGE.withIsr(List.of(1)));
        fence(1, STRICT);
        commit(change(STRICT).withoutRecordsOf(1).record());

        assertThat(partition())
                .matches(p -> p.elr().isEmpty() && p.lastKnownElr().equals(List.of(1)));
        assertThat(change(STRICT).record()).as("it is not back").isEmpty();
        assertThat(unfence(1, STRICT))
                .contains(CHANGE.withLeader(1)
                        .withIsr(List.of(1))
                        .withRecovering(true)
                        .withLastKnownElr(List.of()));
    }

    @Test
    void shouldElectAnyReplicaWhereThatIsAllowed() {
        image = image.apply(CHANGE.withIsr(List.of(1)));

        assertThat(change(UNCLEAN)
                        .active(b -> b != 1)
                        .without(1)
                        .election(UNCLEAN.election())
                        .record())
                .contains(CHANGE.withLeader(2).withIsr(List.of(2)).withRecovering(true));
    }

    @Test
    void shouldLeaveTheLastMemberInTheIsrWithoutElr() {
        image = image.apply(CHANGE.withIsr(List.of(1)));

        assertThat(fence(1, WITHOUT_ELR)).contains(CHANGE.withLeader(-1));
        assertThat(unfence(1, WITHOUT_ELR)).contains(CHANGE.withLeader(1));
    }

    @Test
    void shouldForgetWhoWasEligibleOnceElrIsOff() {
        image = image.apply(CHANGE.withIsr(List.of(1)).withElr(List.of(2)).withLastKnownElr(List.of(3)));

        assertThat(change(WITHOUT_ELR).record())
                .contains(CHANGE.withElr(List.of()).withLastKnownElr(List.of()));
    }

    @Test
    void shouldPreferTheFirstReplicaOnlyIfItIsInSync() {
        image = image.apply(CHANGE.withLeader(3));

        assertThat(change(STRICT).election(PartitionChange.Election.PREFERRED).record())
                .contains(CHANGE.withLeader(1));
        image = image.apply(CHANGE.withIsr(List.of(2, 3)));
        assertThat(change(STRICT).election(PartitionChange.Election.PREFERRED).record())
                .isEmpty();
    }

    @Test
    void shouldNotEndAReassignmentBeforeEnoughAreInSync() {
        image = image.apply(CHANGE.withReplicas(List.of(4, 1, 2, 3), List.of(dir(4), dir(1), dir(2), dir(3)))
                .withAdding(List.of(4))
                .withRemoving(List.of(3))
                .withIsr(List.of(1, 3)));
        Reassignment wanted = Reassignment.of(partition());

        assertThat(wanted.completedBy(List.of(4, 3), STRICT)).as("4 alone").isEmpty();
        assertThat(wanted.completedBy(List.of(4, 3), WITHOUT_ELR)).isPresent();
        assertThat(wanted.completedBy(List.of(1, 4), STRICT)).isPresent();
    }

    /** It would be elected once it is a replica again, with whatever it has by then. */
    @Test
    void shouldNotRememberAReplicaThatIsGone() {
        image = image.apply(CHANGE.withIsr(List.of(1)).withElr(List.of(3)).withRemoving(List.of(3)));

        assertThat(change(STRICT)
                        .isr(List.of(1))
                        .assignment(new Reassignment(List.of(1, 2), List.of(), List.of()))
                        .record())
                .contains(CHANGE.withLeader(1)
                        .withElr(List.of())
                        .withReplicas(List.of(1, 2), List.of(dir(1), dir(2)))
                        .withRemoving(List.of()));
    }

    /** After {@code min.insync.replicas} was lowered, the new leader commits by itself. */
    @Test
    void shouldNotKeepThoseEligibleThatANewLeaderDoesNotWaitFor() {
        image = image.apply(CHANGE.withLeader(-1).withIsr(List.of()).withElr(List.of(2, 3)));

        assertThat(change(new TopicRules(true, 1, false)).record())
                .contains(CHANGE.withLeader(2).withIsr(List.of(2)).withElr(List.of()));
    }

    private Optional<PartitionChangeRecord> fence(int broker, TopicRules rules) {
        Optional<PartitionChangeRecord> record = commit(change(rules)
                .active(b -> b != broker && image.isActive(b))
                .without(broker)
                .record());
        image = image.apply(BrokerRegistrationChangeRecord.fence(broker, broker * 10L));
        return record;
    }

    private Optional<PartitionChangeRecord> unfence(int broker, TopicRules rules) {
        image = image.apply(BrokerRegistrationChangeRecord.unfence(broker, broker * 10L));
        return commit(change(rules).election(rules.election()).record());
    }

    private Optional<PartitionChangeRecord> commit(Optional<PartitionChangeRecord> record) {
        record.ifPresent(made -> image = image.apply(made));
        return record;
    }

    private PartitionChange change(TopicRules rules) {
        return PartitionChange.of(image, ID, 0, partition(), rules);
    }

    private PartitionImage partition() {
        return image.topics().partition(ID, 0).orElseThrow();
    }

    private static Uuid dir(int broker) {
        return TestCluster.dir(broker);
    }
}
