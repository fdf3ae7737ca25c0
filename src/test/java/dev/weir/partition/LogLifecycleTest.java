package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.TestLogConfig;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.LogMessages;
import dev.weir.partition.client.OffsetMessages;
import dev.weir.partition.client.OffsetMessages.EpochEntry;
import dev.weir.partition.client.OffsetMessages.OffsetEntry;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How partitions come and go, what the clock does to them, and the questions about their offsets. */
class LogLifecycleTest {
    private static final Path LOGS = Path.of("/logs");

    private final ShardFixture shard = ShardFixture.alone();

    @Test
    void shouldMakeTheLogOfANewTopicAndNoteItsId() throws Exception {
        Uuid id = new Uuid(3, 9);

        shard.commit(ShardMetadata.topic("news", id, 1).toArray(MetadataRecord[]::new));

        assertThat(shard.shard.find(new PartitionKey(id, 0))).isNotNull();
        // The other directory holds fewer.
        Path other = shard.logDir(1).path();
        assertThat(shard.files.list(other)).contains("news-0");
        assertThat(shard.logDir(1).directory().readTopicId(other.resolve("news-0")))
                .contains(id);
    }

    @Test
    void shouldLeaveTopicsOfOtherBrokersAlone() {
        Uuid id = new Uuid(3, 9);

        shard.commit(ShardMetadata.topic("news", id, 2).toArray(MetadataRecord[]::new));

        assertThat(shard.shard.find(new PartitionKey(id, 0))).isNull();
        assertThat(shard.shard.errorForMissing(new PartitionKey(id, 0))).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void shouldUnlinkADeletedTopicAfterTheDelayOnly() {
        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));
        assertThat(shard.files.list(LOGS)).noneMatch("orders-0"::equals).anyMatch(name -> name.endsWith("-delete"));

        shard.housekeeping.tick(shard.nowMs + 59_999, (partition, nowMs) -> {});
        assertThat(shard.files.list(LOGS)).anyMatch(name -> name.endsWith("-delete"));
        shard.housekeeping.tick(shard.nowMs + 60_000, (partition, nowMs) -> {});

        assertThat(shard.files.list(LOGS)).noneMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void shouldTryAgainToUnlinkWhatTheDiskRefused() {
        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.DELETE) {
                throw new IOException("busy");
            }
        });
        shard.housekeeping.tick(shard.nowMs + 60_000, (partition, nowMs) -> {});
        shard.files.onOperation((operation, path) -> {});

        shard.housekeeping.tick(shard.nowMs + 60_999, (partition, nowMs) -> {});
        assertThat(shard.files.list(LOGS)).anyMatch(name -> name.endsWith("-delete"));
        shard.housekeeping.tick(shard.nowMs + 61_000, (partition, nowMs) -> {});

        assertThat(shard.files.list(LOGS)).noneMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void shouldKeepAPartitionOfflineWhoseLogCannotBeMade() {
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.CREATE) {
                throw new IOException("No space left on device");
            }
        });
        Uuid id = new Uuid(3, 9);

        shard.commit(ShardMetadata.topic("news", id, 1).toArray(MetadataRecord[]::new));

        assertThat(shard.shard.errorForMissing(new PartitionKey(id, 0))).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(shard.writeFailures).hasSize(1);
        shard.commit(new RemoveTopicRecord(id));
        assertThat(shard.shard.errorForMissing(new PartitionKey(id, 0))).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void shouldCheckRetentionWhileSomethingIsStaged() {
        Answer<AppendResult> answer = shard.stage(1, shard.batch("a"));

        shard.housekeeping.tick(shard.nowMs + 1_000_000, (partition, nowMs) -> {});

        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, NONE", "0, 0, NONE", "2, 2, NONE", "3, -1, OFFSET_OUT_OF_RANGE", "-2, -1, OFFSET_OUT_OF_RANGE"})
    void shouldDeleteRecordsUpToTheHighWatermark(long offset, long low, Errors error) {
        shard.append(1, shard.batch("a"));
        shard.append(1, shard.batch("b"));

        OffsetMessages.DeleteAnswer answer = shard.delete(offset, 0).only();

        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.lowWatermark()).isEqualTo(offset == -1 ? 2 : low);
    }

    @Test
    void shouldWakeAReaderWhoseOffsetIsDeleted() {
        ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1);
        pair.append(1, pair.batch("a"));
        Answer<FetchAnswer> waiting = pair.fetch(0, 1 << 20, 60_000, 1);
        assertThat(waiting.came()).isFalse();

        pair.delete(1, 0);

        assertThat(waiting.only().error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void shouldFindOffsetsOnlyBelowTheHighWatermarkForClients() {
        ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        long first = pair.nowMs;
        pair.append(1, pair.batch("a"));
        pair.nowMs += 10;
        pair.append(1, pair.batch("b"));
        pair.followerAt(2, 1);

        assertThat(offset(pair, ListOffsetsRequest.EARLIEST_TIMESTAMP)).isZero();
        assertThat(offset(pair, ListOffsetsRequest.LATEST_TIMESTAMP)).isEqualTo(1);
        assertThat(offset(pair, first)).isZero();
        assertThat(offset(pair, first + 1)).isEqualTo(-1);
        pair.followerAt(2, 2);
        assertThat(offset(pair, first + 1)).isEqualTo(1);
        assertThat(offset(pair, ListOffsetsRequest.MAX_TIMESTAMP)).isEqualTo(1);
    }

    @Test
    void shouldAnswerWhereAnEpochEnds() {
        shard.append(1, shard.batch("a"));
        shard.commit(ShardMetadata.partition(ShardFixture.TOPIC, 3, 1, List.of(1)));
        shard.append(1, shard.batch("b"));

        List<OffsetMessages.EpochAnswer> answers = shard.offsets.endOffsets(new OffsetMessages.EpochEnds(List.of(
                new EpochEntry(ShardFixture.KEY, -1, 0),
                new EpochEntry(ShardFixture.KEY, 3, 3),
                new EpochEntry(ShardFixture.KEY, 2, 3),
                new EpochEntry(ShardFixture.KEY, 4, 3))));

        assertThat(answers)
                .containsExactly(
                        new OffsetMessages.EpochAnswer(Errors.NONE, 0, 1),
                        new OffsetMessages.EpochAnswer(Errors.NONE, 3, 2),
                        new OffsetMessages.EpochAnswer(Errors.FENCED_LEADER_EPOCH, -1, -1),
                        new OffsetMessages.EpochAnswer(Errors.UNKNOWN_LEADER_EPOCH, -1, -1));
    }

    private static long offset(ShardFixture fixture, long timestamp) {
        OffsetMessages.OffsetAnswer answer = fixture.offsets
                .listOffsets(new OffsetMessages.ListOffsets(
                        List.of(new OffsetEntry(ShardFixture.KEY, -1, timestamp)), -1, false))
                .get(0);
        assertThat(answer.error()).isEqualTo(Errors.NONE);
        return answer.offset();
    }

    @Test
    void shouldTellWhereALogIsUnlessThatIsKnown() {
        Uuid id = new Uuid(3, 9);
        shard.commit(ShardMetadata.topic("news", id, 1).toArray(MetadataRecord[]::new));

        // The record of both says that they are in the first directory.
        assertThat(shard.placed)
                .containsExactly(
                        Map.entry(new PartitionKey(id, 0), shard.logDir(1).id()));
    }

    @ParameterizedTest
    @CsvSource({
        "500:9, false, true, false",
        "500:9, true, true, false",
        "500:2, true, true, true",
        "500:2, false, false, false",
        "0:1, true, true, false",
        "0:1, false, false, false",
        "0:2, true, true, false",
        "0:2, false, true, false"
    })
    void shouldNotMakeALogAnewThatIsInADirectoryThatIsNotHere(
            String directory, boolean failed, boolean absent, boolean told) throws Exception {
        // given: a topic of the metadata that is in none of the directories, and where it should be
        Uuid id = new Uuid(3, 9);
        String[] parts = directory.split(":");
        Uuid there = new Uuid(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        PartitionKey key = new PartitionKey(id, 0);

        // when
        ShardFixture again = shard.after(
                failed,
                new TopicRecord("news", id),
                ShardMetadata.partition(id, 0, 1, List.of(1)),
                PartitionChangeRecord.of(id, 0).withDirectories(List.of(there)));

        // then
        assertThat(again.shard.find(key) == null).isEqualTo(absent);
        assertThat(again.shard.absent().contains(key)).isEqualTo(absent);
        assertThat(again.timesLost).isEqualTo(told ? 1 : 0);
        if (absent) {
            assertThat(again.shard.errorForMissing(key)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(again.logs.stats(new LogMessages.StatsRequest(false)).offline())
                    .isEqualTo(1);
            // A change of the partition does not bring it, a topic that may lose its records does.
            again.commit(PartitionChangeRecord.of(id, 0).withLeader(1));
            assertThat(again.shard.find(key)).isNull();
            again.config = TestLogConfig.of(c -> c.uncleanLeaderElection = true);
            again.commit(new ConfigRecord(
                    new ConfigResource(ConfigResource.Type.TOPIC, "news"), "unclean.leader.election.enable", "true"));
            assertThat(again.shard.isOffline(key)).isFalse();
            assertThat(again.placed)
                    .containsEntry(
                            key,
                            Objects.requireNonNull(again.shard.find(key)).logDir.id());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, /logs, /other", "2, /other, /logs"})
    void shouldTakeTheLogThatTheMetadataNamesWhereThereAreTwo(long named, Path taken, Path leftOut) throws Exception {
        // given
        copyToTheOtherDirectory();

        // when
        ShardFixture again = shard.after(
                false, PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withDirectories(List.of(new Uuid(500, named))));

        // then
        assertThat(again.partition().logDir.path()).isEqualTo(taken);
        assertThat(again.files.list(leftOut)).doesNotContain("orders-0").anyMatch(name -> name.endsWith("-stray"));
    }

    /** The first may be older than the one that was used last. */
    @Test
    void shouldTakeNoneOfTwoLogsWhereTheMetadataHasLostWhichItIs() throws Exception {
        // given
        copyToTheOtherDirectory();

        // when
        ShardFixture again = shard.after(
                false, PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withDirectories(List.of(DirectoryId.LOST)));

        // then
        assertThat(again.shard.find(ShardFixture.KEY)).isNull();
        assertThat(again.shard.errorForMissing(ShardFixture.KEY)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(again.files.list(LOGS)).contains("orders-0");
        assertThat(again.files.list(Path.of("/other"))).contains("orders-0");
    }

    private void copyToTheOtherDirectory() throws IOException {
        shard.append(1, shard.batch("a"));
        shard.files.createDirectories(Path.of("/other/orders-0"));
        for (String name : shard.files.list(LOGS.resolve("orders-0"))) {
            byte[] content = shard.files.content(LOGS.resolve("orders-0").resolve(name));
            shard.files.put(Path.of("/other/orders-0").resolve(name), content);
        }
    }

    /** A start offset of the log before it would cut the new one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotTakeANewLogForADeletedOneOfItsName(boolean atOnce) throws Exception {
        // given
        for (int i = 0; i < 20; i++) {
            shard.append(1, shard.batch("old" + i));
        }
        shard.delete(15, 0);
        shard.checkpoint();
        assertThat(shard.logDir(0).directory().readLogStartOffsets()).containsEntry(ShardFixture.name(), 15L);

        // when: the topic is deleted and made again, and the broker is killed before the next round of checkpoints
        shard.holdsCheckpoints = !atOnce;
        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));
        shard.commit(ShardMetadata.topic("orders", ShardFixture.TOPIC, 1).toArray(MetadataRecord[]::new));
        assertThat(shard.shard.find(ShardFixture.KEY) != null).isEqualTo(atOnce);
        shard.release();
        shard.append(1, shard.batch("new"));
        ShardFixture again = shard.after(false);

        // then
        assertThat(again.written()).containsExactly("new");
    }

    @Test
    void shouldForgetAnAbsentLogWithItsTopic() {
        Uuid id = new Uuid(3, 9);
        PartitionKey key = new PartitionKey(id, 0);
        ShardFixture again = shard.after(
                false,
                new TopicRecord("news", id),
                ShardMetadata.partition(id, 0, 1, List.of(1)),
                PartitionChangeRecord.of(id, 0).withDirectories(List.of(new Uuid(500, 9))));

        again.commit(new RemoveTopicRecord(id));

        assertThat(again.shard.isOffline(key)).isFalse();
        assertThat(again.shard.errorForMissing(key)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }
}
