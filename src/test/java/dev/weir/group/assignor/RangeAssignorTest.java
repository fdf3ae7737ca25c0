package dev.weir.group.assignor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RangeAssignorTest {
    private final RangeAssignor assignor = new RangeAssignor();

    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("weir.sim.seeds", 40));
    }

    @Test
    void shouldAssignRunsOfPartitions() {
        AssignorScenario group = new AssignorScenario().withTopic(1, 7);
        group.withMember("a", 1).withMember("b", 1).withMember("c", 1).run(assignor);

        assertThat(group.of("a", 1)).containsExactly(0, 1, 2);
        assertThat(group.of("b", 1)).containsExactly(3, 4);
        assertThat(group.of("c", 1)).containsExactly(5, 6);
    }

    @Test
    void shouldOrderStaticMembersByInstanceIdBeforeDynamicOnes() {
        AssignorScenario group = new AssignorScenario().withTopic(1, 3);
        group.withMember("a", 1).withMember("y", 1).withMember("z", 1);
        group.instanceIds.put("z", "one");
        group.instanceIds.put("y", "two");
        group.run(assignor);

        assertThat(group.of("z", 1)).containsExactly(0);
        assertThat(group.of("y", 1)).containsExactly(1);
        assertThat(group.of("a", 1)).containsExactly(2);
    }

    @Test
    void shouldKeepWhatMembersHaveWhenOneJoins() {
        AssignorScenario group = new AssignorScenario().withTopic(1, 6);
        group.withMember("b", 1).withMember("c", 1).run(assignor);

        group.withMember("a", 1).run(assignor);

        assertThat(group.of("b", 1)).containsExactly(0, 1);
        assertThat(group.of("c", 1)).containsExactly(3, 4);
        assertThat(group.of("a", 1)).containsExactly(2, 5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldAssignEqualTopicsAlikeWhateverHappens(int seed) {
        Random random = new Random(seed);
        int partitions = 1 + random.nextInt(20);
        AssignorScenario group = new AssignorScenario().withTopic(1, partitions).withTopic(2, partitions);
        int[] topics = {1, 2};
        for (int step = 0; step < 20; step++) {
            String id = "m" + random.nextInt(8);
            if (random.nextInt(3) == 0) {
                group.without(id);
            } else {
                group.withMember(id, topics);
            }
            if (step == 10) {
                group.withTopic(3, partitions);
                topics = new int[] {1, 2, 3};
                group.subscriptions.values().forEach(set -> set.add(AssignorScenario.topic(3)));
            }
            group.run(assignor);
            for (String member : group.subscriptions.keySet()) {
                assertThat(group.of(member, 2)).isEqualTo(group.of(member, 1));
                if (topics.length == 3) {
                    assertThat(group.of(member, 3)).isEqualTo(group.of(member, 1));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldShareEachTopicEvenlyAndMoveNoMoreThanThatRequires(int seed) {
        Random random = new Random(seed);
        AssignorScenario group = new AssignorScenario().withTopic(1, 1 + random.nextInt(40));
        for (int m = 0; m < 1 + random.nextInt(10); m++) {
            group.withMember("m" + m, 1);
        }
        group.run(assignor);
        Map<String, Assignment> before = group.target;

        group.withMember("newcomer", 1).run(assignor);

        assertThat(AssignorScenario.moved(before, group.target)).isEqualTo(group.loadOf("newcomer"));
        Uuid topic = AssignorScenario.topic(1);
        int least = group.topics.getOrDefault(topic, 0) / group.subscriptions.size();
        assertThat(group.target.values()).allMatch(a -> a.count(topic) == least || a.count(topic) == least + 1);
    }
}
