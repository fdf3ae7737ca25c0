package dev.weir.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** What the metadata is told of partitions that cannot be used. */
class LostLogsTest {
    private final ShardFixture shard = ShardFixture.synced();

    @Test
    void shouldSayThatALogIsLostWhileItIsOfflineAndWhereItIsOnceItIsBack() {
        fail();

        tick();

        assertThat(shard.placed).containsEntry(ShardFixture.KEY, DirectoryId.LOST);
        recover();
        assertThat(shard.placed).containsEntry(ShardFixture.KEY, shard.logDir.id());
        assertThat(shard.timesLost).isEqualTo(1);
    }

    @Test
    void shouldSayNothingOfALogThatIsOpenedAgainAtOnceAndIsWhole() {
        shard.append(1, shard.batch("a"));
        shard.lifecycle.reopen(shard.partition(), "for the test", shard.nowMs);
        shard.finishSync(null);

        tick();

        assertThat(shard.timesLost).isZero();
    }

    @Test
    void shouldSayItOnceWhileTheAnswerIsAwaitedAndAgainWhereItDidNotCount() {
        shard.holdsLost = true;
        fail();
        tick();
        tick();
        assertThat(shard.timesLost).isEqualTo(1);

        shard.release();
        tick();
        assertThat(shard.timesLost).isEqualTo(1);
        // What was said before came later.
        shard.commit(directory(shard.logDir.id()));
        tick();

        assertThat(shard.timesLost).isEqualTo(2);
    }

    @Test
    void shouldSayWhereALogIsThatIsTakenForLost() {
        shard.commit(directory(DirectoryId.LOST));

        assertThat(shard.placed).containsEntry(ShardFixture.KEY, shard.logDir.id());
    }

    @Test
    void shouldNotTryToOpenALogBecauseItIsLost() {
        fail();
        tick();
        heal();

        shard.commit(directory(DirectoryId.LOST));

        assertThat(shard.shard.errorForMissing(ShardFixture.KEY)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    /** It would be missed at the next start, and has never been there. */
    @Test
    void shouldSayNothingOfALogThatCouldNotBeMade() {
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.CREATE) {
                throw new IOException("No space left on device");
            }
        });
        Uuid id = new Uuid(3, 9);
        shard.commit(ShardMetadata.topic("news", id, 1).toArray(MetadataRecord[]::new));
        assertThat(shard.shard.isOffline(new PartitionKey(id, 0))).isTrue();

        tick();

        assertThat(shard.timesLost).isZero();
    }

    @Test
    void shouldSayThatALogIsLostThatCannotBeOpenedAtStart() {
        shard.files.put(
                shard.logDir.path().resolve("orders-0").resolve("partition.metadata"), "not Kafka's".getBytes(UTF_8));

        ShardFixture again = shard.after(false);

        assertThat(again.shard.isOffline(ShardFixture.KEY)).isTrue();
        assertThat(again.placed).containsEntry(ShardFixture.KEY, DirectoryId.LOST);
    }

    @Test
    void shouldSayNothingOfATopicThatIsGone() {
        shard.holdsLost = true;
        fail();
        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));

        tick();

        assertThat(shard.timesLost).isZero();
    }

    private static PartitionChangeRecord directory(Uuid id) {
        return PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withDirectories(List.of(id));
    }

    /** A sync fails, and the disk takes nothing any more. */
    private void fail() {
        shard.append(1, shard.batch("a"));
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.WRITE || operation == Operation.FORCE || operation == Operation.TRUNCATE) {
                throw new IOException("Input/output error");
            }
        });
        shard.runSync();
        assertThat(shard.shard.isOffline(ShardFixture.KEY)).isTrue();
    }

    private void heal() {
        shard.files.onOperation((operation, path) -> {});
    }

    private void recover() {
        heal();
        shard.shard.health(shard.logDir.id(), DirectoryHealth.WRITABLE);
        shard.lifecycle.reopen(shard.logDir.id(), shard.nowMs);
    }

    private void tick() {
        shard.housekeeping.tick(shard.nowMs, (partition, nowMs) -> {});
    }
}
