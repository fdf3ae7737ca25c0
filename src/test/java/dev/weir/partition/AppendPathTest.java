package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Entry;
import dev.weir.partition.client.AppendRequest.Origin;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendPathTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1})
    void shouldAnswerOnlyWhenWritten(int acks) {
        ShardFixture shard = ShardFixture.alone();

        Answer<AppendResult> answer = shard.stage(acks, shard.batch("a"));

        assertThat(answer.came()).isFalse();
        shard.appends.writeStaged(shard.nowMs);
        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        assertThat(answer.only().baseOffset()).isZero();
        assertThat(answer.only().endOffset()).isEqualTo(1);
    }

    @Test
    void shouldGiveTheBuffersBackWhenTheyAreWrittenThoughReplicasAreToCome() {
        // given
        ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        Answer<AppendResult> answer = new Answer<>();
        int[] written = new int[1];
        stage(pair, -1, pair.batch("a"), () -> written[0]++, answer);
        assertThat(written[0]).isZero();

        // when
        pair.appends.writeStaged(pair.nowMs);

        // then
        assertThat(written[0]).isEqualTo(1);
        assertThat(answer.came()).isFalse();
        pair.appends.writeStaged(pair.nowMs);
        pair.followerAt(2, 1);
        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        assertThat(written[0]).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1})
    void shouldGiveTheBuffersBackWhenTheyAreWrittenThoughTheSyncIsToCome(int acks) {
        // given
        ShardFixture shard = ShardFixture.synced();
        Answer<AppendResult> answer = new Answer<>();
        int[] written = new int[1];
        stage(shard, acks, shard.batch("a"), () -> written[0]++, answer);

        // when
        shard.appends.writeStaged(shard.nowMs);

        // then
        assertThat(written[0]).isEqualTo(1);
        assertThat(answer.came()).isFalse();
    }

    @Test
    void shouldGiveTheBuffersOfADuplicateBackAtOnce() {
        // given
        ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        pair.append(1, pair.batch("a", 7, 0));
        Answer<AppendResult> answer = new Answer<>();
        int[] written = new int[1];

        // when
        stage(pair, -1, pair.batch("a", 7, 0), () -> written[0]++, answer);

        // then
        assertThat(written[0]).isEqualTo(1);
        assertThat(answer.came()).isFalse();
    }

    @Test
    void shouldLeaveItToTheAnswerToGiveBuffersBackThatCouldNotBeWritten() {
        // given
        ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        pair.append(1, pair.batch("a"));
        Answer<AppendResult> answer = new Answer<>();
        int[] written = new int[1];
        stage(pair, -1, pair.batch("b"), () -> written[0]++, answer);
        pair.files.onOperation((operation, path) -> {
            if (operation == Operation.WRITE) {
                throw new IOException("No space left on device");
            }
        });

        // when
        pair.appends.writeStaged(pair.nowMs);

        // then
        assertThat(answer.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(written[0]).isZero();
        assertThat(pair.partition().log.stagedBytes()).isZero();
    }

    private static void stage(
            ShardFixture shard, int acks, ByteBuffer batch, Runnable written, Answer<AppendResult> answer) {
        shard.appends.append(
                new AppendRequest(
                        List.of(new AppendRequest.Entry(ShardFixture.KEY, -1, batch)),
                        (short) acks,
                        30_000,
                        ShardFixture.NEWEST,
                        AppendRequest.Origin.CLIENT,
                        written),
                shard.nowMs,
                answer::take);
    }

    @Test
    void shouldWriteEverythingStagedTogether() {
        ShardFixture shard = ShardFixture.alone();
        int[] writes = new int[1];
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.WRITE && path.toString().endsWith(".log")) {
                writes[0]++;
            }
        });

        Answer<AppendResult> first = shard.stage(1, shard.batch("a"));
        Answer<AppendResult> second = shard.stage(1, shard.batch("b"));
        shard.appends.writeStaged(shard.nowMs);

        assertThat(writes[0]).isEqualTo(1);
        assertThat(first.only().baseOffset()).isZero();
        assertThat(second.only().baseOffset()).isEqualTo(1);
        assertThat(shard.written()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1})
    void shouldAnswerOnlyWhenSyncedWhereThatIsPromised(int acks) {
        ShardFixture shard = ShardFixture.synced();

        Answer<AppendResult> answer = shard.append(acks, shard.batch("a"));

        assertThat(answer.came()).isFalse();
        assertThat(shard.partition().highWatermark()).isZero();
        shard.finishSync(null);
        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
        assertThat(shard.running).isEmpty();
    }

    @Test
    void shouldSyncTogetherWhatWasWrittenDuringASync() {
        ShardFixture shard = ShardFixture.synced();
        Answer<AppendResult> first = shard.append(1, shard.batch("a"));
        Answer<AppendResult> second = shard.append(1, shard.batch("b"));
        Answer<AppendResult> third = shard.append(1, shard.batch("c"));

        assertThat(shard.running).hasSize(1);
        shard.finishSync(null);

        assertThat(first.came()).isTrue();
        assertThat(second.came()).isFalse();
        assertThat(shard.running).hasSize(1);
        shard.finishSync(null);
        assertThat(second.came()).isTrue();
        assertThat(third.came()).isTrue();
        assertThat(shard.running).isEmpty();
    }

    @Test
    void shouldAnswerAStorageErrorWhenTheWriteFailsAndStayReadOnlyUntilTold() {
        ShardFixture shard = ShardFixture.alone();
        shard.append(1, shard.batch("kept"));
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.WRITE) {
                throw new IOException("No space left on device");
            }
        });

        Answer<AppendResult> failed = shard.append(1, shard.batch("lost"));
        shard.files.onOperation((operation, path) -> {});
        Answer<AppendResult> refused = shard.append(1, shard.batch("refused"));
        shard.shard.health(shard.logDir.id(), DirectoryHealth.WRITABLE);
        Answer<AppendResult> taken = shard.append(1, shard.batch("again"));

        assertThat(failed.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(refused.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(taken.only().baseOffset()).isEqualTo(1);
        assertThat(shard.writeFailures).hasSize(1);
        assertThat(shard.written()).containsExactly("kept", "again");
    }

    @Test
    void shouldAnswerADuplicateWithItsFirstOffset() {
        ShardFixture shard = ShardFixture.alone();
        shard.append(-1, shard.batch("x"));
        ByteBuffer batch = shard.batch("a", 7, 0);
        shard.append(-1, copy(batch));

        Answer<AppendResult> again = shard.append(-1, copy(batch));

        assertThat(again.only().error()).isEqualTo(Errors.NONE);
        assertThat(again.only().baseOffset()).isEqualTo(1);
        assertThat(shard.written()).containsExactly("x", "a");
    }

    @Test
    void shouldMakeTheDuplicateOfAStagedBatchWaitForItsWrite() {
        ShardFixture shard = ShardFixture.alone();
        ByteBuffer batch = shard.batch("a", 7, 0);
        shard.stage(1, copy(batch));

        Answer<AppendResult> again = shard.stage(1, copy(batch));

        assertThat(again.came()).isFalse();
        shard.appends.writeStaged(shard.nowMs);
        assertThat(again.only().baseOffset()).isZero();
        assertThat(shard.written()).containsExactly("a");
    }

    @Test
    void shouldRefuseASequenceThatSkips() {
        ShardFixture shard = ShardFixture.alone();
        shard.append(1, shard.batch("a", 7, 0));

        assertThat(shard.append(1, shard.batch("c", 7, 2)).only().error())
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void shouldWaitForEveryInSyncReplicaAtAcksAllOnly() {
        ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);

        Answer<AppendResult> all = shard.append(-1, shard.batch("a"));
        Answer<AppendResult> one = shard.append(1, shard.batch("b"));

        assertThat(one.came()).isTrue();
        assertThat(all.came()).isFalse();
        shard.followerAt(2, 1);
        assertThat(all.only().error()).isEqualTo(Errors.NONE);
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
    }

    @Test
    void shouldTimeOutAtAcksAllAndBeAnsweredOnce() {
        ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        int others = shard.shard.deadlines().size();
        Answer<AppendResult> answer = shard.stage(-1, 100, shard.batch("a"));
        shard.appends.writeStaged(shard.nowMs);

        shard.pass(100 + Deadlines.TICK_MS);

        assertThat(answer.only().error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
        shard.followerAt(2, 1);
        assertThat(shard.shard.deadlines().size()).isEqualTo(others);
        shard.housekeeping.tick(shard.nowMs, shard.syncs::sync);
        assertThat(shard.partition().acks.isEmpty()).isTrue();
    }

    @Test
    void shouldWriteWhatIsStagedBeforeATimeoutGivesItsBufferBack() {
        ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        ByteBuffer batch = shard.batch("a");
        Answer<AppendResult> answer = shard.stage(-1, 0, batch);

        shard.pass(Deadlines.TICK_MS);
        assertThat(answer.only().error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
        Arrays.fill(batch.array(), (byte) 0);
        shard.appends.writeStaged(shard.nowMs);

        assertThat(shard.written()).containsExactly("a");
    }

    @Test
    void shouldWriteWhatIsStagedBeforeALostLeadershipGivesItsBufferBack() {
        ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        ByteBuffer batch = shard.batch("a");
        Answer<AppendResult> answer = shard.stage(-1, batch);

        shard.commit(ShardMetadata.partition(ShardFixture.TOPIC, 1, 2, List.of(1, 2)));
        assertThat(answer.only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        Arrays.fill(batch.array(), (byte) 0);
        shard.appends.writeStaged(shard.nowMs);

        assertThat(shard.written()).containsExactly("a");
    }

    @Test
    void shouldRefuseAcksAllBelowMinInsyncReplicas() throws Exception {
        ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 2), 1, 2, 3);
        shard.commit(ShardMetadata.partition(ShardFixture.TOPIC, 0, 1, List.of(1, 2, 3)));
        Answer<AppendResult> waiting = shard.append(-1, shard.batch("a"));

        shard.partition().update(shrunk(shard), shard.monotonicMs());

        assertThat(waiting.only().error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        assertThat(shard.append(-1, shard.batch("b")).only().error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(shard.append(1, shard.batch("c")).only().error()).isEqualTo(Errors.NONE);
    }

    private static PartitionImage shrunk(ShardFixture shard) {
        PartitionImage now =
                shard.shard.image().topics().partition(ShardFixture.TOPIC, 0).orElseThrow();
        return now.with(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withIsr(List.of(1)));
    }

    @Test
    void shouldSendClientsElsewhereWhenAReassignmentTakesTheReplicaAway() {
        ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        Answer<AppendResult> append = shard.append(-1, shard.batch("a"));
        Answer<FetchAnswer> fetch = shard.fetch(0, 1, 500, 1);

        shard.commit(ShardMetadata.partition(ShardFixture.TOPIC, 1, 2, List.of(2)));

        assertThat(append.only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(fetch.only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(shard.append(1, shard.batch("b")).only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void shouldAnswerWaitingAppendsWhenTheTopicIsDeleted() {
        ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        int others = shard.shard.deadlines().size();
        Answer<AppendResult> answer = shard.append(-1, shard.batch("a"));

        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));

        assertThat(answer.only().error()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(shard.shard.deadlines().size()).isEqualTo(others);
        assertThat(shard.append(1, shard.batch("b")).only().error()).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void shouldNotBlameTheDiskForTheSyncOfADeletedTopic() {
        ShardFixture shard = ShardFixture.synced();
        Answer<AppendResult> answer = shard.append(1, shard.batch("a"));

        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));
        shard.finishSync(new IOException("no such file"));

        assertThat(answer.came()).isTrue();
        assertThat(shard.writeFailures).isEmpty();
        assertThat(shard.shard.isWritable(shard.logDir)).isTrue();
        assertThat(shard.running).isEmpty();
    }

    @Test
    void shouldAnswerWhatWaitsForASyncWhenTheShardEnds() throws Exception {
        ShardFixture shard = ShardFixture.synced();
        Answer<AppendResult> answer = shard.append(1, shard.batch("a"));

        assertThat(shard.close()).isTrue();

        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        assertThat(shard.append(1, shard.batch("b")).only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        shard.finishSync(null);
        shard.housekeeping.tick(shard.nowMs + 1_000_000, shard.syncs::sync);
        assertThat(shard.running).isEmpty();
    }

    @Test
    void shouldTellWhenALogCannotBeSyncedAtTheEnd() throws Exception {
        ShardFixture shard = ShardFixture.synced();
        Answer<AppendResult> answer = shard.append(1, shard.batch("a"));
        long before = shard.partition().log.recoveryPoint();
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.FORCE) {
                throw new IOException("Input/output error");
            }
        });

        assertThat(shard.close()).isFalse();

        assertThat(answer.only().error()).isNotEqualTo(Errors.NONE);
        assertThat(shard.partition().log.recoveryPoint()).isEqualTo(before);
    }

    @Test
    void shouldAnswerEachPartitionOfARequest() {
        ShardFixture shard = ShardFixture.alone();
        Answer<AppendResult> answer = new Answer<>();

        shard.appends.append(
                new AppendRequest(
                        List.of(
                                new Entry(new PartitionKey(new Uuid(9, 9), 0), -1, shard.batch("x")),
                                new Entry(ShardFixture.KEY, 5, shard.batch("y")),
                                new Entry(ShardFixture.KEY, -1, ByteBuffer.wrap(new byte[70])),
                                new Entry(ShardFixture.KEY, 0, shard.batch("z"))),
                        (short) 1,
                        1000,
                        ShardFixture.NEWEST,
                        Origin.CLIENT),
                shard.nowMs,
                results -> assertThat(results.stream().map(AppendResult::error))
                        .containsExactly(
                                Errors.UNKNOWN_TOPIC_ID,
                                Errors.UNKNOWN_LEADER_EPOCH,
                                results.get(2).error(),
                                Errors.NONE)
                        .satisfies(all -> answer.take(List.of(results.get(2)))));
        shard.appends.writeStaged(shard.nowMs);

        assertThat(answer.only().error())
                .isIn(Errors.CORRUPT_MESSAGE, Errors.INVALID_RECORD, Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT);
    }

    @Test
    void shouldTakeAChangedConfigurationLive() {
        ShardFixture shard = ShardFixture.synced();
        shard.config = ShardFixture.config(Long.MAX_VALUE, 1);

        shard.commit(new ConfigRecord(new ConfigResource(ConfigResource.Type.TOPIC, "orders"), "flush.messages", "9"));

        assertThat(shard.append(1, shard.batch("a")).came()).isTrue();
    }

    private static ByteBuffer copy(ByteBuffer batch) {
        return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    }
}
