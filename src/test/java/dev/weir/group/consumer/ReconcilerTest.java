package dev.weir.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.consumer.Progress.State;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetEpoch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.coordinator.group.modern.MemberState;
import org.apache.kafka.coordinator.group.modern.consumer.CurrentAssignmentBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A member's next step is the one that Kafka's own coordinator takes, from any state. */
class ReconcilerTest {
    private static final String ME = "me";

    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("weir.sim.seeds", 40));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldTakeTheStepThatKafkaTakes(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            Scene scene = new Scene(random);

            Progress ours = scene.next();
            org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroupMember theirs = scene.kafkasNext();

            assertThat(ours.epoch()).as("%s", scene).isEqualTo(theirs.memberEpoch());
            assertThat(ours.state().name())
                    .as("%s", scene)
                    .isEqualTo(theirs.state().name());
            assertThat(ours.assigned().partitions()).as("%s", scene).isEqualTo(sorted(theirs.assignedPartitions()));
            assertThat(ours.revoking().partitions())
                    .as("%s", scene)
                    .isEqualTo(sorted(theirs.partitionsPendingRevocation()));
        }
    }

    private static Map<Uuid, Map<Integer, Integer>> sorted(Map<Uuid, Map<Integer, Integer>> partitions) {
        Map<Uuid, Map<Integer, Integer>> sorted = new TreeMap<>();
        partitions.forEach((topic, epochs) -> sorted.put(topic, new TreeMap<>(epochs)));
        return sorted;
    }

    /** One member among others, somewhere on its way. */
    private static final class Scene {
        private final FakeTopics topics = new FakeTopics();
        private final ConsumerGroups groups = new ConsumerGroups(topics);
        private final List<String> names = new ArrayList<>();
        private final int targetEpoch;
        private final Progress progress;
        private final Map<Uuid, Set<Integer>> target = new HashMap<>();
        private final Map<Uuid, Set<Integer>> others = new HashMap<>();
        private final @Nullable List<TopicPartitions> owned;

        Scene(Random random) {
            Ownership.Builder assigned = new Ownership.Builder();
            Ownership.Builder revoking = new Ownership.Builder();
            State state = State.values()[random.nextInt(3)];
            targetEpoch = 5;
            int epoch = random.nextBoolean() ? targetEpoch : 3;
            Map<Uuid, Set<Integer>> claimed = new TreeMap<>();
            for (String name : List.of("t0", "t1", "t2")) {
                topics.with(name, 4);
                Uuid id = topics.id(name);
                for (int p = 0; p < 4; p++) {
                    switch (random.nextInt(4)) {
                        case 0 -> assigned.add(id, p, 1 + random.nextInt(epoch));
                        case 1 -> {
                            if (state == State.UNREVOKED_PARTITIONS) {
                                revoking.add(id, p, 1 + random.nextInt(epoch));
                            }
                        }
                        case 2 -> put(others, id, p);
                        default -> {}
                    }
                    if (random.nextInt(3) == 0) {
                        put(target, id, p);
                    }
                    if (random.nextInt(3) == 0) {
                        put(claimed, id, p);
                    }
                }
                if (random.nextInt(4) > 0) {
                    names.add(name);
                }
                if (random.nextInt(8) == 0) {
                    topics.without(name);
                }
            }
            Ownership mustRevoke = revoking.build();
            boolean impossible = state == State.UNREVOKED_PARTITIONS && mustRevoke.isEmpty();
            progress = new Progress(epoch, epoch - 1, impossible ? State.STABLE : state, assigned.build(), mustRevoke);
            owned = random.nextInt(3) == 0 ? null : heartbeat(random.nextInt(3) == 0 ? Map.of() : claimed);
            replay();
        }

        private static void put(Map<Uuid, Set<Integer>> to, Uuid topic, int partition) {
            to.computeIfAbsent(topic, t -> new TreeSet<>()).add(partition);
        }

        private static List<TopicPartitions> heartbeat(Map<Uuid, Set<Integer>> partitions) {
            return partitions.entrySet().stream()
                    .map(e -> new TopicPartitions().setTopicId(e.getKey()).setPartitions(List.copyOf(e.getValue())))
                    .toList();
        }

        private void replay() {
            groups.replay(new ConsumerGroupMemberMetadata(
                    "g",
                    ME,
                    new ConsumerGroupMemberMetadata.Member(null, null, "", "", names, null, 1_000, null, null)));
            groups.replay(new ConsumerGroupCurrentAssignment("g", ME, progress.toRecord()));
            Ownership theirs = Ownership.of(Targets.record(Assignment.of(others)), 2);
            groups.replay(new ConsumerGroupCurrentAssignment(
                    "g", "other", new Progress(2, 1, State.STABLE, theirs, Ownership.NONE).toRecord()));
            groups.replay(new ConsumerGroupTargetAssignment("g", ME, Targets.record(Assignment.of(target))));
            groups.replay(new ConsumerGroupTargetEpoch("g", new ConsumerGroupTargetEpoch.TargetEpoch(targetEpoch, 0)));
        }

        Progress next() {
            ConsumerGroup group = Objects.requireNonNull(groups.get("g"));
            Predicate<Uuid> isSubscribed = id -> {
                TopicView.Topic topic = topics.byId(id);
                return topic != null && names.contains(topic.name());
            };
            return new Reconciler(group, Objects.requireNonNull(group.member(ME)), isSubscribed, owned).next();
        }

        org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroupMember kafkasNext() {
            var member = new org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroupMember.Builder(ME)
                    .setMemberEpoch(progress.epoch())
                    .setPreviousMemberEpoch(progress.previousEpoch())
                    .setState(MemberState.valueOf(progress.state().name()))
                    .setSubscribedTopicNames(names)
                    .setAssignedPartitions(plain(progress.assigned()))
                    .setPartitionsPendingRevocation(plain(progress.revoking()))
                    .build();
            return new CurrentAssignmentBuilder(member)
                    .withMetadataImage(new KafkaTopics(topics))
                    .withTargetAssignment(targetEpoch, new org.apache.kafka.coordinator.group.modern.Assignment(target))
                    .withHasSubscriptionChanged(true)
                    .withResolvedRegularExpressions(Map.of())
                    .withCurrentPartitionEpoch(this::epochOf)
                    .withOwnedTopicPartitions(owned)
                    .build();
        }

        private int epochOf(Uuid topic, int partition) {
            if (others.getOrDefault(topic, Set.of()).contains(partition)) {
                return 2;
            }
            boolean mine = progress.assigned().contains(topic, partition)
                    || progress.revoking().contains(topic, partition);
            return mine ? progress.epoch() : -1;
        }

        private static Map<Uuid, Map<Integer, Integer>> plain(Ownership owned) {
            Map<Uuid, Map<Integer, Integer>> plain = new HashMap<>();
            owned.partitions().forEach((topic, epochs) -> plain.put(topic, new HashMap<>(epochs)));
            return plain;
        }

        @Override
        public String toString() {
            return progress + " towards " + target + ", others " + others + ", owned " + owned + ", subscribed " + names
                    + " of " + topics.names();
        }
    }
}
