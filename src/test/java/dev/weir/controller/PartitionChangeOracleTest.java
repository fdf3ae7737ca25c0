package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.TopicRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.controller.PartitionChangeBuilder;
import org.apache.kafka.metadata.LeaderRecoveryState;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.metadata.PartitionRegistration;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares what becomes of random partitions with what Kafka's own controller makes of them. It differs in that here nobody is
 * eligible who is no replica any more, and nobody once the ISR is large enough, and in that a reassignment waits for the ISR to
 * be large enough.
 */
class PartitionChangeOracleTest {
    private static final Uuid TOPIC = new Uuid(1, 1);
    private static final int BROKERS = 5;
    private static final int CASES = 20_000;
    private static final MetadataRecordSerde SERDE = new MetadataRecordSerde();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDecideAsKafkaDoes(boolean elr) {
        int compared = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Case one = new Case(new Random(seed), elr);
            Optional<PartitionChangeRecord> ours = one.ours();
            Optional<PartitionChangeRecord> kafkas = one.kafkas(ours);
            if (one.isComparable(kafkas)) {
                compared++;
                assertThat(one.after(ours)).as("case %s: %s", seed, one).isEqualTo(one.after(kafkas));
                assertThat(ours.isPresent()).as("case %s: %s", seed, one).isEqualTo(kafkas.isPresent());
            }
        }
        assertThat(compared).isGreaterThan(CASES / 2);
    }

    /** A partition, and what is wanted of it. */
    private static final class Case {
        private final ClusterImage image;
        private final PartitionImage before;
        private final TopicRules rules;
        private final List<Integer> isr;
        private final Reassignment assignment;
        private final PartitionChange.Election election;
        private final boolean recovering;
        private final int incomplete;

        private Case(Random random, boolean elr) {
            int minIsr = 1 + random.nextInt(3);
            ClusterImage cluster = TestCluster.ofBrokers(BROKERS);
            for (int id = 1; id <= BROKERS; id++) {
                if (random.nextInt(3) == 0) {
                    cluster = cluster.apply(BrokerRegistrationChangeRecord.fence(id, id * 10L));
                }
            }
            List<Integer> replicas = some(random, range(), 1 + random.nextInt(4));
            List<Integer> inSync = some(random, replicas, random.nextInt(replicas.size() + 1));
            inSync = inSync.isEmpty() && !elr ? List.of(replicas.get(0)) : inSync;
            List<Integer> others = without(replicas, inSync);
            boolean small = elr && inSync.size() < Math.min(minIsr, replicas.size());
            List<Integer> eligible = small ? some(random, others, random.nextInt(others.size() + 1)) : List.of();
            List<Integer> last =
                    elr && inSync.isEmpty() && random.nextBoolean() ? some(random, replicas, 1) : List.of();
            int leader = inSync.isEmpty() || (!elr && random.nextInt(4) == 0)
                    ? PartitionImage.NO_LEADER
                    : inSync.get(random.nextInt(inSync.size()));
            boolean reassigning = random.nextInt(3) == 0;
            List<Integer> adding = reassigning ? some(random, replicas, random.nextInt(replicas.size())) : List.of();
            List<Integer> removing = reassigning
                    ? some(random, without(replicas, adding), random.nextInt(replicas.size() - adding.size()))
                    : List.of();
            image = cluster.apply(new TopicRecord("t", TOPIC))
                    .apply(new PartitionRecord(
                            TOPIC,
                            0,
                            replicas,
                            inSync,
                            removing,
                            adding,
                            leader,
                            3,
                            7,
                            replicas.stream().map(TestCluster::dir).toList(),
                            leader != PartitionImage.NO_LEADER && random.nextInt(4) == 0,
                            eligible.stream().sorted().toList(),
                            last));
            before = image.topics().partition(TOPIC, 0).orElseThrow();
            rules = new TopicRules(elr, minIsr, false);
            election = PartitionChange.Election.values()[random.nextInt(3)];
            recovering = before.recovering() && random.nextBoolean();
            incomplete = random.nextInt(4) == 0 ? 1 + random.nextInt(BROKERS) : 0;
            List<Integer> wanted =
                    random.nextBoolean() ? inSync : some(random, replicas, random.nextInt(replicas.size() + 1));
            isr = wanted.stream().filter(broker -> broker != incomplete).toList();
            assignment = random.nextInt(3) == 0
                    ? Reassignment.towards(before, some(random, range(), 1 + random.nextInt(3)))
                    : Reassignment.of(before);
        }

        private static List<Integer> range() {
            List<Integer> all = new ArrayList<>();
            for (int id = 1; id <= BROKERS; id++) {
                all.add(id);
            }
            return all;
        }

        private static List<Integer> some(Random random, List<Integer> of, int count) {
            List<Integer> shuffled = new ArrayList<>(of);
            Collections.shuffle(shuffled, random);
            return List.copyOf(shuffled.subList(0, Math.min(count, shuffled.size())));
        }

        private static List<Integer> without(List<Integer> all, List<Integer> some) {
            return all.stream().filter(broker -> !some.contains(broker)).toList();
        }

        Optional<PartitionChangeRecord> ours() {
            PartitionChange change = PartitionChange.of(image, TOPIC, 0, before, rules)
                    .election(election)
                    .active(broker -> broker != incomplete && image.isActive(broker))
                    .assignment(assignment)
                    .recovering(recovering)
                    .isr(isr);
            return (incomplete == 0 ? change : change.withoutRecordsOf(incomplete)).record();
        }

        Optional<PartitionChangeRecord> kafkas(Optional<PartitionChangeRecord> ours) {
            List<Integer> replicas =
                    ours.flatMap(PartitionChangeRecord::replicas).orElse(before.replicas());
            PartitionRegistration registration = new PartitionRegistration.Builder()
                    .setReplicas(ints(before.replicas()))
                    .setDirectories(before.directories().toArray(Uuid[]::new))
                    .setIsr(ints(before.isr()))
                    .setRemovingReplicas(ints(before.removing()))
                    .setAddingReplicas(ints(before.adding()))
                    .setElr(ints(before.elr()))
                    .setLastKnownElr(ints(before.lastKnownElr()))
                    .setLeader(before.leader())
                    .setLeaderRecoveryState(
                            before.recovering() ? LeaderRecoveryState.RECOVERING : LeaderRecoveryState.RECOVERED)
                    .setLeaderEpoch(before.leaderEpoch())
                    .setPartitionEpoch(before.partitionEpoch())
                    .build();
            PartitionChangeBuilder builder = new PartitionChangeBuilder(
                            registration,
                            TOPIC,
                            0,
                            broker -> broker != incomplete && image.isActive(broker),
                            MetadataVersion.latestProduction(),
                            rules.minIsrOf(replicas.size()),
                            rules.elr())
                    .setElection(PartitionChangeBuilder.Election.valueOf(election.name()))
                    .setTargetIsr(isr)
                    .setTargetReplicas(assignment.replicas())
                    .setTargetRemoving(assignment.removing())
                    .setTargetAdding(assignment.adding())
                    .setTargetLeaderRecoveryState(
                            recovering ? LeaderRecoveryState.RECOVERING : LeaderRecoveryState.RECOVERED)
                    .setDefaultDirProvider(TestCluster::dir);
            if (incomplete != 0) {
                builder.setUncleanShutdownReplicas(List.of(incomplete));
            }
            return builder.build().map(Case::read).filter(record -> !isOnlyOfDirectories(record));
        }

        /** Kafka writes the directories with every record of a reassignment, also those that stay. */
        private boolean isOnlyOfDirectories(PartitionChangeRecord record) {
            return record.equals(PartitionChangeRecord.of(TOPIC, 0).withDirectories(before.directories()));
        }

        /** Whether this is none of the cases in which we differ on purpose. */
        boolean isComparable(Optional<PartitionChangeRecord> kafkas) {
            PartitionImage theirs = after(kafkas);
            boolean ended =
                    assignment.completedBy(isr, new TopicRules(false, 1, false)).isPresent();
            boolean tooEarly = ended && assignment.completedBy(isr, rules).isEmpty();
            boolean endsRecoveryBySomeoneElse =
                    before.recovering() && !recovering && theirs.leader() != before.leader();
            boolean lastIsNoReplica = !theirs.replicas().containsAll(theirs.lastKnownElr());
            return !tooEarly && !endsRecoveryBySomeoneElse && !lastIsNoReplica;
        }

        PartitionImage after(Optional<PartitionChangeRecord> record) {
            PartitionImage after = record.map(before::with).orElse(before);
            boolean enough =
                    after.isr().size() >= rules.minIsrOf(after.replicas().size());
            List<Integer> eligible = after.elr().stream()
                    .filter(broker -> !enough && after.replicas().contains(broker))
                    .sorted()
                    .toList();
            return new PartitionImage(
                    after.replicas(),
                    after.isr(),
                    after.removing(),
                    after.adding(),
                    after.leader(),
                    after.leaderEpoch(),
                    after.partitionEpoch(),
                    after.directories(),
                    after.recovering(),
                    eligible,
                    after.lastKnownElr());
        }

        private static PartitionChangeRecord read(ApiMessageAndVersion message) {
            ObjectSerializationCache cache = new ObjectSerializationCache();
            ByteBuffer bytes = ByteBuffer.allocate(SERDE.recordSize(message, cache));
            SERDE.write(message, cache, new ByteBufferAccessor(bytes));
            return (PartitionChangeRecord) MetadataRecordCodec.decode(ByteBuffer.wrap(bytes.array()));
        }

        private static int[] ints(List<Integer> list) {
            return list.stream().mapToInt(Integer::intValue).toArray();
        }

        @Override
        public String toString() {
            return before + " wants isr " + isr + ", " + assignment + ", " + election + ", " + rules + ", recovering "
                    + recovering + ", incomplete " + incomplete + ", active "
                    + range().stream().filter(image::isActive).toList();
        }
    }
}
