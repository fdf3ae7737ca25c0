package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.classic.ClassicGroup;
import dev.weir.group.consumer.ConsumerGroup;
import dev.weir.group.consumer.ConsumerGroupRules.Migration;
import dev.weir.group.consumer.SimulatedConsumer;
import dev.weir.group.core.Group;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Classic and consumer members of one group that come and go, so that the group changes between the protocols time and again,
 * with a coordinator that restarts. No partition ever belongs to two members.
 */
class GroupMigrationSimulationTest {
    private static final int SEEDS = Integer.getInteger("weir.sim.seeds", 30);
    private static final int FIRST = Integer.getInteger("weir.sim.first", 0);
    private static final int EVENTS = 300;

    static IntStream seeds() {
        return IntStream.range(FIRST, FIRST + SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldNeverShareAPartitionAcrossProtocols(int seed) {
        new Run(seed).play();
    }

    private static final class Run {
        private final Random random;
        private final MigrationHarness harness = new MigrationHarness(Migration.BIDIRECTIONAL);
        private final List<SimulatedConsumer> consumers = new ArrayList<>();
        private final List<SimulatedClassicConsumer> classics = new ArrayList<>();
        private final boolean cooperative;
        private int created;

        Run(int seed) {
            random = new Random(seed);
            cooperative = seed % 2 == 0;
            harness.topics.with("t", 6);
        }

        void play() {
            for (int event = 0; event < EVENTS; event++) {
                step();
                clean();
                checkInvariants();
            }
            settle();
        }

        private void step() {
            switch (random.nextInt(24)) {
                case 0 -> addConsumer();
                case 1, 2 -> addClassic();
                case 3 -> consumers.stream().findAny().ifPresent(c -> harness.beat(c.leaveRequest(false)));
                case 4 -> {
                    if (!classics.isEmpty()) {
                        classics.get(random.nextInt(classics.size())).leave();
                    }
                }
                case 5 -> consumers.removeIf(c -> random.nextInt(6) == 0);
                case 6 -> classics.removeIf(c -> random.nextInt(6) == 0);
                case 7 -> {
                    if (random.nextInt(4) == 0) {
                        harness.restart();
                        classics.forEach(SimulatedClassicConsumer::onDisconnect);
                    }
                }
                case 8, 9 -> harness.advance(random.nextInt(8_000));
                case 10, 11, 12, 13, 14 -> {
                    if (!consumers.isEmpty()) {
                        call(consumers.get(random.nextInt(consumers.size())));
                    }
                }
                default -> {
                    if (!classics.isEmpty()) {
                        classics.get(random.nextInt(classics.size())).act();
                    }
                }
            }
        }

        private void addConsumer() {
            if (consumers.size() + classics.size() < 4) {
                consumers.add(new SimulatedConsumer("c" + ++created, null, List.of("t"), null));
            }
        }

        private void addClassic() {
            if (consumers.size() + classics.size() < 4) {
                classics.add(new SimulatedClassicConsumer(harness, cooperative));
            }
        }

        private void call(SimulatedConsumer consumer) {
            if (random.nextInt(3) > 0) {
                consumer.reconcile();
            }
            answer(consumer, harness.beat(consumer.request()));
        }

        /** A group that is a classic one again does not know the member; nor does a full one, as long as dead ones linger. */
        private static void answer(SimulatedConsumer consumer, ConsumerGroupHeartbeatResponseData response) {
            Errors error = Errors.forCode(response.errorCode());
            if (error == Errors.GROUP_ID_NOT_FOUND) {
                consumer.onResponse(response.duplicate().setErrorCode(Errors.UNKNOWN_MEMBER_ID.code()));
            } else if (error != Errors.GROUP_MAX_SIZE_REACHED) {
                consumer.onResponse(response);
            }
        }

        private void clean() {
            consumers.removeIf(c -> c.left || c.fatal);
            classics.removeIf(c -> c.gone);
        }

        private void checkInvariants() {
            Group group = harness.core.find(MigrationHarness.GROUP);
            if (group == null) {
                return;
            }
            Map<Integer, String> owners = new HashMap<>();
            for (SimulatedConsumer consumer : consumers) {
                if (isMember(group, consumer.memberId)) {
                    consumer.owned.values().forEach(ps -> ps.forEach(p -> claim(owners, p, consumer.memberId)));
                }
            }
            for (SimulatedClassicConsumer consumer : classics) {
                if (isMember(group, consumer.memberId)) {
                    consumer.owned.forEach(p -> claim(owners, p, consumer.memberId));
                }
            }
        }

        private static void claim(Map<Integer, String> owners, int partition, String memberId) {
            assertThat(owners.put(partition, memberId))
                    .as("other owner of %d than %s", partition, memberId)
                    .isNull();
        }

        private static boolean isMember(Group group, String memberId) {
            return group instanceof ConsumerGroup consumer
                    ? consumer.member(memberId) != null
                    : ((ClassicGroup) group).members.find(memberId) != null;
        }

        private void settle() {
            if (consumers.isEmpty() && classics.isEmpty()) {
                return;
            }
            for (int round = 0; round < 120; round++) {
                for (SimulatedConsumer consumer : consumers) {
                    consumer.reconcile();
                    answer(consumer, harness.beat(consumer.request()));
                    checkInvariants();
                }
                for (SimulatedClassicConsumer consumer : classics) {
                    consumer.act();
                    checkInvariants();
                }
                harness.advance(800);
                clean();
            }
            Set<Integer> covered = new HashSet<>();
            consumers.forEach(c -> c.owned.values().forEach(covered::addAll));
            classics.forEach(c -> covered.addAll(c.owned));
            if (!consumers.isEmpty() || !classics.isEmpty()) {
                assertThat(harness.group().stateName()).isEqualTo("Stable");
                assertThat(harness.group().type()).isEqualTo(consumers.isEmpty() ? "classic" : "consumer");
                assertThat(covered).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
            }
        }
    }
}
