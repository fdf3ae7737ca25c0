package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.directory.DirectoryHealth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/**
 * A log that ends, when it is opened, below the recovery point in the checkpoint: what is written there next, and not synced, would
 * pass for synced after a crash.
 */
class ShortenedLogTest {
    private ShardFixture shard = ShardFixture.synced();

    ShortenedLogTest() {
        for (String value : new String[] {"a", "b", "c"}) {
            shard.append(1, shard.batch(value));
            shard.finishSync(null);
        }
        shard.checkpoint();
    }

    @Test
    void shouldLowerTheCheckpointWhereThePowerFailsBetweenATruncationAndItsCheckpoint() throws Exception {
        shard.partition().log.truncateTo(1, shard.nowMs);

        shard = shard.afterPowerFailure(new Random(1));

        assertThat(shard.written()).containsExactly("a");
        assertThat(checkpointed()).isEqualTo(1);
    }

    @Test
    void shouldTakeNothingUntilTheCheckpointIsWritten() throws Exception {
        shard.holdsCheckpoints = true;

        openWithoutTheLastByte();

        assertThat(shard.append(1, shard.batch("refused")).only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(shard.timesLost).as("told to be lost").isZero();
        shard.release();
        assertThat(checkpointed()).isEqualTo(2);
        assertThat(shard.written()).containsExactly("a", "b");
    }

    @Test
    void shouldTryAgainWhereTheCheckpointCannotBeWritten() throws Exception {
        shard.files.onOperation((operation, path) -> {
            if (path.toString().contains("recovery-point")) {
                throw new IOException("Input/output error");
            }
        });
        openWithoutTheLastByte();
        assertThat(shard.shard.isOffline(ShardFixture.KEY)).isTrue();
        assertThat(shard.timesLost).as("told to be lost").isEqualTo(1);

        shard.files.onOperation((operation, path) -> {});
        shard.shard.health(shard.logDir.id(), DirectoryHealth.WRITABLE);
        shard.lifecycle.reopen(shard.logDir.id(), shard.nowMs);

        assertThat(checkpointed()).isEqualTo(2);
        assertThat(shard.written()).containsExactly("a", "b");
    }

    @Test
    void shouldTryAgainWithoutNewsOfTheDirectory() throws Exception {
        shard.files.onOperation((operation, path) -> {
            if (path.toString().contains("recovery-point")) {
                throw new IOException("Input/output error");
            }
        });
        openWithoutTheLastByte();
        assertThat(shard.shard.isOffline(ShardFixture.KEY)).isTrue();
        shard.files.onOperation((operation, path) -> {});

        shard.nowMs += Offline.AGAIN_MS;
        shard.housekeeping.tick(shard.nowMs, (partition, nowMs) -> {});

        assertThat(shard.written()).containsExactly("a", "b");
    }

    /** The disk has lost what it said was synced. */
    private void openWithoutTheLastByte() throws IOException {
        Path path = shard.partition().log.segments().get(0).log();
        byte[] bytes = shard.files.content(path);
        shard.files.put(path, Arrays.copyOf(bytes, bytes.length - 1));
        shard.lifecycle.reopen(shard.partition(), "for the test", shard.nowMs);
    }

    private long checkpointed() throws IOException {
        return shard.logDir.directory().readRecoveryPoints().getOrDefault(ShardFixture.name(), -1L);
    }
}
