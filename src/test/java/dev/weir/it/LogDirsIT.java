package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.junit.jupiter.api.Test;

/** A broker with several log directories: where partitions go, and what is synced there. */
class LogDirsIT extends SeveralLogDirs {
    @Test
    void shouldSpreadPartitionsEvenly() throws Exception {
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            // when
            for (int i = 0; i < 4; i++) {
                admin.createTopics(List.of(new NewTopic("topic" + i, i + 2, (short) 1)))
                        .all()
                        .get();
            }

            // then
            Map<String, Integer> counts = new TreeMap<>();
            Await.until(() -> {
                counts.clear();
                admin.describeLogDirs(List.of(1))
                        .allDescriptions()
                        .get()
                        .get(1)
                        .forEach((path, description) ->
                                counts.put(path, description.replicaInfos().size()));
                return counts.values().stream().mapToInt(i -> i).sum() == 14;
            });
            assertThat(counts.keySet()).containsExactly(dir("a"), dir("b"), dir("c"));
            assertThat(counts.values()).allMatch(count -> count == 4 || count == 5);
            assertThatThrownBy(() -> admin.alterReplicaLogDirs(Map.of(replica(0), "/nowhere"))
                            .all()
                            .get())
                    .hasCauseInstanceOf(LogDirNotFoundException.class);
        }
    }

    @Test
    void shouldSyncBeforeItAcknowledgesWhereThatIsAsked() throws Exception {
        // given
        try (BrokerProcess broker =
                        start("log.flush.interval.messages=1", "log.flush.offset.checkpoint.interval.ms=100");
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);

            // when
            Map<String, String> acknowledged;
            try (Load load = Load.start(broker.bootstrap(), TOPIC, "synced", 100)) {
                Await.until(() -> load.acknowledged().size() > 2_000);
                load.stop();
                acknowledged = load.acknowledged();
                assertThat(load.problems()).isEmpty();
            }

            // then
            Map<String, Long> ends = new TreeMap<>();
            acknowledged.values().forEach(place -> {
                String[] parts = place.split(":");
                ends.merge(TOPIC + " " + parts[0], Long.parseLong(parts[1]) + 1, Math::max);
            });
            Await.until(() -> {
                Map<String, Long> synced = recoveryPoints();
                return ends.entrySet().stream()
                        .allMatch(end -> synced.getOrDefault(end.getKey(), 0L) >= end.getValue());
            });
            broker.kill();
            broker.restart();
            Load.assertKept(broker.bootstrap(), TOPIC, acknowledged);
            assertThat(broker.log()).doesNotContain(" ERROR ");
        }
    }

    private Map<String, Long> recoveryPoints() throws IOException {
        Map<String, Long> found = new HashMap<>();
        for (String name : List.of("a", "b", "c")) {
            Path file = Path.of(dir(name)).resolve("recovery-point-offset-checkpoint");
            try (Stream<String> lines = Files.lines(file)) {
                lines.skip(2)
                        .map(line -> line.split(" "))
                        .forEach(parts -> found.put(parts[0] + " " + parts[1], Long.parseLong(parts[2])));
            }
        }
        return found;
    }
}
