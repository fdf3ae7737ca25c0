package dev.weir.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.core.TopicView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Consumers that join, leave, die, lose answers and change their minds, topics that come and go, and a coordinator that
 * restarts, in an order that the seed decides. The invariants are checked after every event.
 */
class ConsumerGroupSimulationTest {
    private static final int SEEDS = Integer.getInteger("weir.sim.seeds", 40);
    private static final int FIRST = Integer.getInteger("weir.sim.first", 0);
    private static final int EVENTS = 300;

    static IntStream seeds() {
        return IntStream.range(FIRST, FIRST + SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldKeepItsPromisesWhateverHappens(int seed) {
        new Run(seed).play();
    }

    private static final class Run {
        private final Random random;
        private final ConsumerGroupHarness harness = new ConsumerGroupHarness();
        private final List<SimulatedConsumer> consumers = new ArrayList<>();
        private int created;

        Run(int seed) {
            random = new Random(seed);
            if (seed % 3 == 0) {
                harness.with(ConsumerGroupRules.of(BrokerConfig.defaults()));
            }
            harness.topics.with("t1", 6).with("t2", 4).with("other", 3);
        }

        void play() {
            for (int event = 0; event < EVENTS; event++) {
                step();
                checkInvariants();
            }
            settle();
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0, 1 -> join();
                case 2 -> pick(c -> harness.heartbeat(c.leaveRequest(false)));
                case 3 -> restartStatic();
                case 4 -> consumers.removeIf(c -> random.nextInt(consumers.size() * 2) == 0);
                case 5 -> pick(c -> c.subscribe(randomNames(), randomRegex()));
                case 6 -> changeTopics();
                case 7 -> harness.advance(random.nextInt(20) == 0 ? 50_000 : random.nextInt(5_000));
                case 8 -> {
                    if (random.nextInt(4) == 0) {
                        harness.restart(random.nextBoolean() ? harness.log : harness.compacted());
                    }
                }
                case 9 -> harness.nowMs += random.nextInt(10) == 0 ? -60_000 : 0;
                default -> pick(this::call);
            }
        }

        private void pick(java.util.function.Consumer<SimulatedConsumer> action) {
            List<SimulatedConsumer> alive =
                    consumers.stream().filter(c -> !c.left && !c.fatal).toList();
            if (!alive.isEmpty()) {
                action.accept(alive.get(random.nextInt(alive.size())));
            }
        }

        private void call(SimulatedConsumer consumer) {
            if (random.nextInt(3) > 0) {
                consumer.reconcile();
            }
            ConsumerGroupHeartbeatResponseData response = harness.heartbeat(consumer.request());
            if (random.nextInt(6) == 0) {
                consumer.onLost();
            } else {
                consumer.onResponse(response);
            }
        }

        private void join() {
            if (consumers.stream().filter(c -> !c.left && !c.fatal).count() < 8) {
                String instanceId = random.nextInt(3) == 0 ? "i" + random.nextInt(4) : null;
                consumers.add(new SimulatedConsumer("c" + ++created, instanceId, randomNames(), randomRegex()));
            }
        }

        /** A static member stops for a moment and comes back as a new process. */
        private void restartStatic() {
            pick(c -> {
                if (c.instanceId != null && c.epoch > 0) {
                    harness.heartbeat(c.leaveRequest(true));
                    if (random.nextInt(3) > 0) {
                        consumers.add(new SimulatedConsumer("c" + ++created, c.instanceId, c.names, c.regex));
                    }
                }
            });
        }

        private void changeTopics() {
            String name = "t" + random.nextInt(4);
            TopicView.Topic topic = harness.topics.byName(name);
            if (topic == null) {
                harness.topics.with(name, 1 + random.nextInt(8));
            } else if (random.nextBoolean()) {
                harness.topics.with(name, topic.partitions() + 1 + random.nextInt(3));
            } else {
                harness.topics.without(name);
            }
            harness.core.onTopicsChanged(Set.of(name));
        }

        private List<String> randomNames() {
            List<String> names = new ArrayList<>(List.of("t0", "t1", "t2", "t3", "other"));
            names.removeIf(n -> random.nextInt(3) == 0);
            return names;
        }

        private String randomRegex() {
            return List.of("", "", "t.*", "t[12]", "o.+").get(random.nextInt(5));
        }

        private void checkInvariants() {
            ConsumerGroup group = harness.core.find(ConsumerGroupHarness.GROUP);
            if (group == null) {
                return;
            }
            assertThat(group.targetEpoch()).isLessThanOrEqualTo(group.epoch());
            Map<String, String> owners = new HashMap<>();
            for (Member member : group.members()) {
                for (Ownership part :
                        List.of(member.progress().assigned(), member.progress().revoking())) {
                    part.forEach((topic, partition) -> {
                        assertThat(owners.put(topic + "-" + partition, member.id()))
                                .as("owners of %s-%s", topic, partition)
                                .isNull();
                        assertThat(group.owner(topic, partition)).isEqualTo(member.id());
                    });
                }
                assertThat(member.epoch()).isLessThanOrEqualTo(group.epoch());
            }
            for (SimulatedConsumer consumer : consumers) {
                Member member = group.member(consumer.memberId);
                if (!consumer.left && member != null && consumer.epoch > 0) {
                    consumer.owned.forEach((topic, partitions) -> partitions.forEach(
                            p -> assertThat(member.progress().assigned().contains(topic, p)
                                            || member.progress().revoking().contains(topic, p))
                                    .as("%s owns %s-%s with leave", consumer.memberId, topic, p)
                                    .isTrue()));
                }
            }
        }

        /** Nothing happens any more but what keeps members alive: the group has to come to rest. */
        private void settle() {
            consumers.removeIf(c -> c.left || c.fatal);
            if (consumers.isEmpty()) {
                return;
            }
            for (int round = 0; round < 60; round++) {
                for (SimulatedConsumer consumer : consumers) {
                    consumer.reconcile();
                    consumer.onResponse(harness.heartbeat(consumer.request()));
                    checkInvariants();
                }
                harness.advance(1_500);
                consumers.removeIf(c -> c.fatal);
            }
            ConsumerGroup group = harness.group();
            assertThat(group.stateName()).isEqualTo(consumers.isEmpty() ? group.stateName() : "Stable");
            Set<String> covered = new HashSet<>();
            for (SimulatedConsumer consumer : consumers) {
                assertThat(consumer.isReconciled()).isTrue();
                Member member = Objects.requireNonNull(group.member(consumer.memberId));
                member.progress().assigned().forEach((topic, p) -> covered.add(topic + "-" + p));
                assertThat(group.target(consumer.memberId).count())
                        .isEqualTo(member.progress().assigned().count())
                        .isEqualTo(consumer.owned.values().stream()
                                .mapToInt(Set::size)
                                .sum());
            }
            Set<String> expected = new HashSet<>();
            for (TopicView.Topic topic : harness.topics.all()) {
                if (group.isSubscribedTo(topic.name())) {
                    IntStream.range(0, topic.partitions()).forEach(p -> expected.add(topic.id() + "-" + p));
                }
            }
            assertThat(covered).isEqualTo(expected);
        }
    }
}
