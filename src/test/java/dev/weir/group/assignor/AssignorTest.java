package dev.weir.group.assignor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every assignor, whatever the members and topics. */
class AssignorTest {
    private static final int SEEDS = Integer.getInteger("weir.sim.seeds", 40);

    static Stream<Assignor> assignors() {
        return Stream.of(new UniformAssignor(), new RangeAssignor());
    }

    static Stream<Arguments> runs() {
        return assignors().flatMap(assignor -> IntStream.range(0, SEEDS).boxed().flatMap(seed -> Stream.of(true, false)
                .map(same -> Arguments.of(assignor, seed, same))));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldGiveEachPartitionToExactlyOneSubscriber(Assignor assignor, int seed, boolean same) {
        Random random = new Random(seed);
        AssignorScenario group = new AssignorScenario();
        for (int step = 0; step < 30; step++) {
            group.change(random, same);
            group.run(assignor);
            assertThat(group.target.keySet()).isEqualTo(group.subscriptions.keySet());
            Map<Uuid, Set<Integer>> seen = new HashMap<>();
            group.target.forEach((id, owned) -> owned.forEach((topic, partition) -> {
                assertThat(group.subscriptions.get(id)).contains(topic);
                assertThat(seen.computeIfAbsent(topic, t -> new HashSet<>()).add(partition))
                        .as("%s-%s given once", topic, partition)
                        .isTrue();
            }));
            group.input().partitionCounts().forEach((topic, count) -> assertThat(seen.getOrDefault(topic, Set.of()))
                    .isEqualTo(new HashSet<>(IntStream.range(0, count).boxed().toList())));
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldMoveNothingWhereNothingChanged(Assignor assignor, int seed, boolean same) {
        Random random = new Random(seed);
        AssignorScenario group = new AssignorScenario();
        for (int step = 0; step < 12; step++) {
            group.change(random, same);
        }
        group.run(assignor);
        Map<String, Assignment> before = group.target;
        group.run(assignor);
        assertThat(group.target).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("assignors")
    void shouldAssignNothingToNobody(Assignor assignor) {
        assertThat(assignor.assign(new Assignor.Input(Map.of(), Map.of(AssignorScenario.topic(1), 3))))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("assignors")
    void shouldLeaveMembersOfMissingTopicsEmpty(Assignor assignor) {
        AssignorScenario group = new AssignorScenario().withMember("a", 7).withMember("b");
        group.run(assignor);
        assertThat(group.loads()).containsExactly(0, 0);
    }

    @ParameterizedTest
    @MethodSource("assignors")
    void shouldHandleFiveHundredMembersOnTenThousandPartitions(Assignor assignor) {
        AssignorScenario group = new AssignorScenario();
        IntStream.range(0, 100).forEach(topic -> group.withTopic(topic, 100));
        group.withMembers(500, group.topics.keySet());
        group.run(assignor);
        group.without("m0007").run(assignor);
        assertThat(group.loads().stream().mapToInt(Integer::intValue).sum()).isEqualTo(10_000);
    }

    @Test
    void shouldHandleFiveHundredMembersThatSubscribeDifferently() {
        AssignorScenario group = new AssignorScenario();
        IntStream.range(0, 100).forEach(topic -> group.withTopic(topic, 100));
        for (int m = 0; m < 500; m++) {
            int member = m;
            group.withMember(
                    "m" + m,
                    IntStream.range(0, 100).filter(t -> (t + member) % 10 != 0).toArray());
        }
        group.run(new UniformAssignor());
        assertThat(group.loads()).allMatch(load -> load == 20);
    }

    @Test
    void shouldCompareAssignmentsByContent() {
        Assignment one = new Assignment.Builder()
                .add(AssignorScenario.topic(1), 3)
                .add(AssignorScenario.topic(2), 1)
                .add(AssignorScenario.topic(1), 3)
                .add(AssignorScenario.topic(1), 0)
                .build();
        Assignment other =
                Assignment.of(Map.of(AssignorScenario.topic(1), Set.of(0, 3), AssignorScenario.topic(2), List.of(1)));
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one).isNotEqualTo(Assignment.of(Map.of(AssignorScenario.topic(1), Arrays.asList(0, 3))));
        assertThat(one.count()).isEqualTo(3);
        assertThat(one.partitions(AssignorScenario.topic(1))).containsExactly(0, 3);
    }
}
