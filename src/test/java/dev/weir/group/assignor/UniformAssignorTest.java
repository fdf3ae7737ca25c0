package dev.weir.group.assignor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UniformAssignorTest {
    private final UniformAssignor assignor = new UniformAssignor();

    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("weir.sim.seeds", 40));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldBalanceWithinOneWhereMembersSubscribeAlike(int seed) {
        Random random = new Random(seed);
        AssignorScenario group = new AssignorScenario().withMember("first");
        for (int step = 0; step < 30; step++) {
            group.change(random, true);
            group.run(assignor);
            if (!group.subscriptions.isEmpty()) {
                assertThat(Collections.max(group.loads()) - Collections.min(group.loads()))
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldMoveNoMoreThanBalanceRequires(int seed) {
        Random random = new Random(seed);
        AssignorScenario group = new AssignorScenario().withTopic(1, 1 + random.nextInt(50));
        group.withTopic(2, 1 + random.nextInt(50));
        for (int m = 0; m < 1 + random.nextInt(12); m++) {
            group.withMember("m" + m, 1, 2);
        }
        group.run(assignor);
        Map<String, Assignment> before = group.target;

        group.withMember("newcomer", 1, 2).run(assignor);

        assertThat(AssignorScenario.moved(before, group.target)).isEqualTo(group.loadOf("newcomer"));
    }

    @Test
    void shouldMoveOnlyThePartitionsOfAMemberThatLeft() {
        AssignorScenario group = new AssignorScenario().withTopic(1, 9);
        group.withMember("a", 1).withMember("b", 1).withMember("c", 1).run(assignor);
        List<Integer> a = group.of("a", 1);
        List<Integer> c = group.of("c", 1);

        group.without("b").run(assignor);

        assertThat(group.of("a", 1)).containsAll(a);
        assertThat(group.of("c", 1)).containsAll(c);
    }

    @Test
    void shouldSpreadEachTopicOverTheMembers() {
        AssignorScenario group = new AssignorScenario().withTopic(1, 2).withTopic(2, 2);
        group.withMember("a", 1, 2).withMember("b", 1, 2).run(assignor);

        assertThat(group.of("a", 1)).containsExactly(0);
        assertThat(group.of("a", 2)).containsExactly(0);
        assertThat(group.of("b", 1)).containsExactly(1);
        assertThat(group.of("b", 2)).containsExactly(1);
    }

    @Test
    void shouldGiveTheOnlySubscriberItsTopicAndOthersTheRest() {
        AssignorScenario group = new AssignorScenario().withTopic(1, 4).withTopic(2, 4);
        group.withMember("both", 1, 2).withMember("second", 2).run(assignor);

        assertThat(group.of("both", 1)).hasSize(4);
        assertThat(group.of("second", 2)).hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldLeaveNoSingleMoveThatWouldBalanceBetter(int seed) {
        Random random = new Random(seed);
        AssignorScenario group = new AssignorScenario().withMember("first");
        for (int step = 0; step < 20; step++) {
            group.change(random, false);
            group.run(assignor);
            group.target.forEach((id, owned) -> {
                for (Uuid topic : owned.topics()) {
                    group.subscriptions.forEach((other, subscribed) -> {
                        if (subscribed.contains(topic)) {
                            assertThat(group.loadOf(id) - group.loadOf(other))
                                    .as("%s against %s", id, other)
                                    .isLessThanOrEqualTo(1);
                        }
                    });
                }
            });
        }
    }
}
