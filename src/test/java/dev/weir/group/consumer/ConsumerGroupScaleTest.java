package dev.weir.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large groups come to rest too, and in few steps: heartbeats are counted, time is not. */
class ConsumerGroupScaleTest {

    @ParameterizedTest
    @CsvSource({"10, 9, 100", "500, 20, 500"})
    void shouldComeToRestWhenManyMembersArriveTogether(int members, int topics, int partitionsPerTopic) {
        ConsumerGroupHarness harness = new ConsumerGroupHarness().with(ConsumerGroupRules.of(BrokerConfig.defaults()));
        harness.checksReplay = false;
        List<String> names = new ArrayList<>();
        for (int t = 0; t < topics; t++) {
            names.add("t" + t);
            harness.topics.with("t" + t, partitionsPerTopic);
        }
        List<SimulatedConsumer> consumers = new ArrayList<>();
        for (int m = 0; m < members; m++) {
            SimulatedConsumer consumer = new SimulatedConsumer("m" + m, null, names, null);
            consumers.add(consumer);
            consumer.onResponse(harness.heartbeat(consumer.request()));
            harness.advance(1);
        }
        int rounds = 0;
        while (!isSettled(harness, consumers)) {
            assertThat(++rounds).as("rounds of heartbeats").isLessThan(10);
            harness.advance(500);
            for (SimulatedConsumer consumer : consumers) {
                beat(harness, consumer);
            }
        }

        assertThat(consumers.stream().mapToInt(ConsumerGroupScaleTest::load).sum())
                .isEqualTo(topics * partitionsPerTopic);
        assertThat(consumers).allMatch(c -> Math.abs(load(c) - topics * partitionsPerTopic / members) <= 1);
    }

    /** A consumer that has given partitions up or taken some over says so at once. */
    private static void beat(ConsumerGroupHarness harness, SimulatedConsumer consumer) {
        consumer.onResponse(harness.heartbeat(consumer.request()));
        while (consumer.reconcile()) {
            consumer.onResponse(harness.heartbeat(consumer.request()));
        }
    }

    private static boolean isSettled(ConsumerGroupHarness harness, List<SimulatedConsumer> consumers) {
        return harness.group().stateName().equals("Stable")
                && consumers.stream().allMatch(SimulatedConsumer::isReconciled);
    }

    private static int load(SimulatedConsumer consumer) {
        return consumer.owned.values().stream().mapToInt(Set::size).sum();
    }
}
