package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
    private static final ConfigRecord TOPIC_CHANGED =
            new ConfigRecord(new ConfigResource(ConfigResource.Type.TOPIC, "orders"), "retention.bytes", "1");

    private final ShardFixture shard = ShardFixture.alone();

    @Test
    void shouldBeQuietWhenOnlyBytesThatNobodyWaitsForAreUnsynced() {
        assertThat(tick(0)).isFalse();

        shard.append(1, shard.batch("a"));

        assertThat(shard.partition().log.needsSync()).isTrue();
        assertThat(tick(0)).isFalse();
    }

    @Test
    void shouldNotBeQuietWhileAnAcknowledgementIsOwed() {
        ShardFixture replicated = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        replicated.stage(-1, 100, replicated.batch("a"));
        replicated.appends.writeStaged(replicated.nowMs);

        assertThat(replicated.housekeeping.tick(replicated.nowMs, replicated.syncs::sync))
                .isTrue();
    }

    @Test
    void shouldNotBeQuietUntilADeletedTopicIsUnlinked() {
        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));

        assertThat(tick(59_999)).isTrue();
        assertThat(tick(60_000)).isFalse();
    }

    @Test
    void shouldRetainAtOnceWhereADirectoryStopsToTakeWrites() throws IOException {
        // given: retention has run, and five minutes are to pass until it runs again
        ShardFixture small = withSegments();
        tick(small, 0);
        small.config = config(1);
        small.commit(TOPIC_CHANGED);
        long before = small.partition().log.sizeInBytes();
        tick(small, 1_000);
        assertThat(small.partition().log.sizeInBytes()).isEqualTo(before);

        // when
        assertThat(small.housekeeping.health(small.logDir.id(), false)).isTrue();
        tick(small, 1_000);

        // then
        assertThat(small.partition().log.sizeInBytes()).isLessThan(before);
        assertThat(deletedFiles(small)).isEmpty();
        assertThat(small.housekeeping.health(small.logDir.id(), false)).isFalse();
    }

    @Test
    void shouldRetainAtOnceWhereASettingMayFreeRoomInADirectoryThatTakesNoWrites() {
        // given
        ShardFixture small = withSegments();
        small.housekeeping.health(small.logDir.id(), false);
        tick(small, 0);
        long before = small.partition().log.sizeInBytes();
        small.config = config(1);

        // when
        ImageChange change = small.commit(TOPIC_CHANGED);
        assertThat(small.housekeeping.mayFreeRoom(change)).isTrue();
        tick(small, 1_000);

        // then
        assertThat(small.partition().log.sizeInBytes()).isLessThan(before);
    }

    @Test
    void shouldRemoveADeletedTopicAtOnceWhereADirectoryTakesNoWrites() {
        shard.housekeeping.health(shard.logDir.id(), false);
        tick(0);

        ImageChange change = shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));

        assertThat(shard.housekeeping.mayFreeRoom(change)).isTrue();
        assertThat(tick(1)).isFalse();
    }

    @Test
    void shouldLeaveRetentionToItsTimeWhileEveryDirectoryTakesWrites() {
        shard.housekeeping.health(shard.logDir.id(), false);
        shard.housekeeping.health(shard.logDir.id(), true);

        ImageChange change = shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));

        assertThat(shard.housekeeping.mayFreeRoom(change)).isFalse();
        assertThat(tick(59_999)).isTrue();
    }

    /** A log of several segments, which are all kept. */
    private static ShardFixture withSegments() {
        ShardFixture shard = new ShardFixture(config(-1), 1);
        for (int i = 0; i < 10; i++) {
            shard.append(1, shard.batch("a record of some length, " + i));
        }
        return shard;
    }

    private static LogConfig config(long retentionBytes) {
        return TestLogConfig.of(c -> {
            c.segmentBytes = 200;
            c.indexBytes = 1 << 16;
            c.retentionMs = -1;
            c.retentionBytes = retentionBytes;
        });
    }

    private static List<String> deletedFiles(ShardFixture shard) throws IOException {
        return shard.files.list(shard.partition().log.directory()).stream()
                .filter(name -> name.endsWith(".deleted"))
                .toList();
    }

    private boolean tick(long afterMs) {
        return tick(shard, afterMs);
    }

    private static boolean tick(ShardFixture shard, long afterMs) {
        return shard.housekeeping.tick(shard.nowMs + afterMs, shard.syncs::sync);
    }
}
