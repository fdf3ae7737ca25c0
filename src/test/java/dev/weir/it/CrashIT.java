package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 under load, again and again. {@code -Dweir.it.crash.rounds=100} gives the long run; what recovery takes is
 * printed.
 */
class CrashIT {
    private static final int ROUNDS = Integer.getInteger("weir.it.crash.rounds", 3);
    private static final int RECORDS_A_ROUND = 3_000;
    private static final String TOPIC = "crashed";
    private static final Pattern READY = Pattern.compile("Ready: .*, (\\d+) ms after");

    private Path home = Path.of("");

    @BeforeEach
    void takeFolder(@TempDir Path folder) {
        home = folder;
    }

    @Test
    void shouldLoseNothingAcknowledgedWhenKilledUnderLoad() throws Exception {
        // given
        Map<String, String> acknowledged = new HashMap<>();
        try (BrokerProcess broker = BrokerProcess.start(home)) {
            NewTopic topic = new NewTopic(TOPIC, 3, (short) 1)
                    .configs(Map.of("segment.bytes", "1048576", "index.interval.bytes", "1024"));
            try (Admin admin = Clients.admin(broker.bootstrap())) {
                admin.createTopics(List.of(topic)).all().get();
            }

            for (int round = 0; round < ROUNDS; round++) {
                // when
                try (Load load = Load.start(broker.bootstrap(), TOPIC, "round" + round, 100)) {
                    Await.until(() -> load.acknowledged().size() > RECORDS_A_ROUND);
                    broker.kill();
                    broker.restart();
                    int before = load.acknowledged().size();
                    Await.until(() -> load.acknowledged().size() > before);
                    load.stop();
                    acknowledged.putAll(load.acknowledged());
                }
                Matcher ready = READY.matcher(broker.latestLog());
                assertThat(ready.find()).isTrue();
                System.out.println("round " + round + ": ready " + ready.group(1) + " ms after the restart, "
                        + acknowledged.size() + " records acknowledged so far");
            }

            // then
            assertThat(broker.log()).doesNotContain(" ERROR ");
            Load.assertKept(broker.bootstrap(), TOPIC, acknowledged);
            broker.terminate();
            DumpedLogs.assertAccepted(broker.data(), TOPIC);
        }
    }
}
