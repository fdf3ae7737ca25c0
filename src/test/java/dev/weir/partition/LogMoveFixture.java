package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.AppendResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** One log, of a shard with two log directories, and its move from the first to the second. */
abstract class LogMoveFixture {
    static final Path FROM = Path.of("/logs");
    static final Path TO = Path.of("/other");

    ShardFixture shard = new ShardFixture(ShardFixture.config(1, 1, 700), 1);

    Errors move(String directory) {
        return shard.move(ShardFixture.KEY, ShardFixture.name(), directory);
    }

    void drive() {
        shard.drive();
    }

    void append(int first, int count) {
        for (String value : values(first, count)) {
            Answer<AppendResult> answer = shard.append(1, shard.batch(value));
            drive();
            assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        }
    }

    static List<String> values(int first, int count) {
        List<String> values = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            values.add(Integer.toString(i));
        }
        return values;
    }
}
