package dev.weir.partition;

import static dev.weir.partition.ReplicaCluster.batch;
import static dev.weir.partition.ReplicaCluster.change;
import static dev.weir.partition.ReplicaCluster.records;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.TestLogConfig;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FollowerMessages.Entry;
import dev.weir.partition.client.FollowerMessages.FollowerTurn;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Outcome.Cut;
import dev.weir.partition.client.FollowerMessages.Outcome.Done;
import dev.weir.partition.client.FollowerMessages.Outcome.Misplaced;
import dev.weir.partition.client.FollowerMessages.Outcome.Refused;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.partition.client.FollowerMessages.Step.Append;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import dev.weir.storage.producer.AbortedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps of a follower's log, broker 2; broker 1 leads. */
class FollowerPathTest {
    private static final Place START = new Place(0, -1);

    private final ReplicaCluster cluster = new ReplicaCluster(2, ShardFixture.config(Long.MAX_VALUE, 1));
    private final ReplicaNode leader = cluster.node(1);
    private final ReplicaNode follower = cluster.node(2);

    @Test
    void shouldTellWhereTheLogEnds() {
        assertThat(follower.follow(0, new Step.Locate())).isEqualTo(new Done(new Position(START, 0, 0)));
    }

    @Test
    void shouldAppendSeveralBatchesAsTheyAre() {
        ByteBuffer sent = joined(stamped(0, 0, "a", "b"), stamped(2, 0, "c"), stamped(7, 0, "after a gap"));

        Outcome outcome = follower.follow(0, new Append(START, sent, 3, 0));

        assertThat(outcome).isEqualTo(new Done(new Position(new Place(8, 0), 0, 3)));
        assertThat(records(follower)).containsExactly("0@0:a", "1@0:b", "2@0:c", "7@0:after a gap");
        assertThat(sent.position()).isZero();
    }

    @Test
    void shouldAppendWhatIsWholeOfABatchThatIsCutOff() {
        ByteBuffer sent = joined(stamped(0, 0, "a"), stamped(1, 0, "b").limit(50));

        assertThat(follower.follow(0, new Append(START, sent, 0, 0)))
                .isEqualTo(new Done(new Position(new Place(1, 0), 0, 0)));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "9, 2", "-1, 0"})
    void shouldFollowTheHighWatermarkAsFarAsItsLogReaches(long leaders, long own) {
        follower.follow(0, new Append(START, stamped(0, 0, "a", "b"), leaders, 0));

        assertThat(follower.partition().highWatermark()).isEqualTo(own);
    }

    @Test
    void shouldNeverLowerTheHighWatermarkAndRaiseItWithoutRecords() {
        follower.follow(0, new Append(START, stamped(0, 0, "a", "b"), 1, 0));

        follower.follow(0, new Append(new Place(2, 0), ByteBuffer.allocate(0), 0, 0));
        assertThat(follower.partition().highWatermark()).isEqualTo(1);

        follower.follow(0, new Append(new Place(2, 0), ByteBuffer.allocate(0), 2, 0));
        assertThat(follower.partition().highWatermark()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 2"})
    void shouldDeleteWhatTheLeaderHasDeletedBelowItsOwnHighWatermark(long leaders, long own) {
        Outcome outcome = follower.follow(0, new Append(START, stamped(0, 0, "a", "b", "c"), 2, leaders));

        assertThat(outcome).isEqualTo(new Done(new Position(new Place(3, 0), own, 2)));
        assertThat(follower.partition().log.logStartOffset()).isEqualTo(own);
    }

    @ParameterizedTest
    @CsvSource({"0, FENCED_LEADER_EPOCH", "2, UNKNOWN_LEADER_EPOCH"})
    void shouldTakeNothingThatWasFetchedInAnotherEpoch(int epoch, Errors error) {
        cluster.elect(1);

        Outcome outcome = follower.follow(epoch, new Append(START, stamped(0, 0, "a"), 1, 0));

        assertThat(outcome).isInstanceOf(Refused.class).extracting("error").isEqualTo(error);
        assertThat(records(follower)).isEmpty();
    }

    @Test
    void shouldTakeNothingWhereItLeadsOrNobodyDoes() {
        assertThat(leader.follow(0, new Append(START, stamped(0, 0, "a"), 1, 0)))
                .isInstanceOf(Refused.class)
                .extracting("error")
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);

        cluster.elect(-1);

        assertThat(follower.follow(1, new Append(START, stamped(0, 0, "a"), 1, 0)))
                .isInstanceOf(Refused.class)
                .extracting("error")
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @ParameterizedTest
    @CsvSource({"0, -1", "1, 0", "2, -1", "3, 0"})
    void shouldTakeNothingThatWasFetchedElsewhere(long offset, int lastEpoch) {
        follower.follow(0, new Append(START, stamped(0, 0, "a", "b"), 1, 0));

        Outcome outcome = follower.follow(0, new Append(new Place(offset, lastEpoch), stamped(2, 0, "c"), 2, 0));

        assertThat(outcome).isEqualTo(new Misplaced(new Position(new Place(2, 0), 0, 1)));
        assertThat(records(follower)).hasSize(2);
        assertThat(follower.partition().highWatermark()).isEqualTo(1);
    }

    @Test
    void shouldTakeNothingOfADamagedAnswer() {
        ByteBuffer sent = joined(stamped(0, 0, "a"), stamped(1, 0, "b"));
        sent.put(sent.limit() - 1, (byte) 7);

        Outcome outcome = follower.follow(0, new Append(START, sent, 1, 0));

        assertThat(outcome).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(records(follower)).isEmpty();
    }

    @Test
    void shouldSayThatTheDiskFailsAndGoOnWhereItsLogEndsThen() {
        follower.files.setCapacity(follower.files.usedBytes() + 80);

        Outcome outcome = follower.follow(0, new Append(START, stamped(0, 0, "too large for this disk"), 1, 0));

        assertThat(outcome).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(follower.failures).isEqualTo(1);
        assertThat(follower.partition().highWatermark()).isZero();

        follower.files.setCapacity(Long.MAX_VALUE);
        follower.shard.health(follower.partition().logDir.id(), DirectoryHealth.WRITABLE);
        follower.follow(0, new Append(START, stamped(0, 0, "b"), 1, 0));
        assertThat(records(follower)).containsExactly("0@0:b");
    }

    @Test
    void shouldTakeNothingWhileItsDirectoryIsReadOnly() {
        follower.shard.health(follower.partition().logDir.id(), new DirectoryHealth(false, "full"));

        assertThat(follower.follow(0, new Append(START, stamped(0, 0, "a"), 1, 0)))
                .isInstanceOf(Refused.class)
                .extracting("error")
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void shouldBeUsableAfterAStepThatBreaksOff() {
        follower.files.onOperation((operation, path) -> {
            follower.files.onOperation((again, other) -> {});
            throw new IllegalStateException("planted");
        });

        Outcome outcome = follower.follow(0, new Append(START, stamped(0, 0, "a"), 1, 0));

        assertThat(outcome).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(follower.follow(0, new Append(START, stamped(0, 0, "b"), 1, 0)))
                .isInstanceOf(Done.class);
        assertThat(records(follower)).containsExactly("0@0:b");
    }

    /** A batch of 0 to 2 of which the leader has deleted all below 2: the follower that starts there gets it whole. */
    @Test
    void shouldLetTheFirstBatchBeginBelowTheStart() {
        Outcome restarted = follower.follow(0, new Step.OutOfRange(START, 2));

        assertThat(restarted).isEqualTo(new Cut(new Position(new Place(2, -1), 2, 2), false));

        Outcome outcome = follower.follow(0, new Append(new Place(2, -1), stamped(0, 0, "a", "b", "c"), 3, 2));

        assertThat(outcome).isEqualTo(new Done(new Position(new Place(3, 0), 2, 3)));
        assertThat(follower.partition().log.logStartOffset()).isEqualTo(2);
        assertThat(records(follower, 2, 9)).containsExactly("2@0:c");
    }

    @Test
    void shouldRetainByItselfButAllThatMayNotBeCommitted() {
        ReplicaNode small = new ReplicaCluster(2, TestLogConfig.of(c -> {
                    c.segmentBytes = 100;
                    c.indexBytes = 1 << 16;
                    c.retentionMs = -1;
                    c.retentionBytes = 0;
                }))
                .node(2);
        ByteBuffer sent = joined(stamped(0, 0, "a"), stamped(1, 0, "b"), stamped(2, 0, "c"), stamped(3, 0, "d"));
        small.follow(0, new Append(START, sent, 2, 0));

        small.housekeeping.tick(small.nowMs, (partition, nowMs) -> {});

        assertThat(small.follow(0, new Step.Locate())).isEqualTo(new Done(new Position(new Place(4, 0), 2, 2)));
    }

    @Test
    void shouldAnswerOnceWhatIsPromisedToBeSyncedIs() {
        ReplicaCluster synced = new ReplicaCluster(2, ShardFixture.config(1, 1));
        ReplicaNode other = synced.node(2);
        other.holdsSyncs = true;

        Answer<Outcome> answer = other.followLater(0, new Append(START, stamped(0, 0, "a"), 1, 0));

        assertThat(answer.came()).isFalse();
        other.runLater();
        assertThat(answer.only()).isEqualTo(new Done(new Position(new Place(1, 0), 0, 1)));
    }

    @Test
    void shouldAnswerWhatWaitsForASyncWhenItsLogIsGivenUp() {
        ReplicaCluster synced = new ReplicaCluster(2, ShardFixture.config(1, 1));
        ReplicaNode other = synced.node(2);
        other.holdsSyncs = true;
        Answer<Outcome> answer = other.followLater(0, new Append(START, stamped(0, 0, "a"), 1, 0));

        other.shard.takeOffline(other.partition(), "for the test", other.nowMs);

        assertThat(answer.only())
                .isInstanceOf(Refused.class)
                .extracting("error")
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    /** One log on a disk that hangs would else hold up all that its shard fetches from that leader. */
    @Test
    void shouldRefuseWhatWaitsTooLongForASyncAndAnswerTheRest() {
        ReplicaNode other = new ReplicaCluster(2, ShardFixture.config(1, 1)).node(2);
        other.holdsSyncs = true;
        List<Outcome> turn = new ArrayList<>();
        Entry append = new Entry(ShardFixture.KEY, 0, new Append(START, stamped(0, 0, "a"), 1, 0));
        Entry elsewhere = new Entry(new PartitionKey(ShardFixture.KEY.topicId(), 7), 0, new Step.Locate());

        other.followers.take(new FollowerTurn(List.of(append, elsewhere)), other.nowMs, turn::addAll);
        other.shard.deadlines().expire(other.nowMs + FollowerPath.PATIENCE_MS - Deadlines.TICK_MS);
        assertThat(turn).isEmpty();
        other.shard.deadlines().expire(other.nowMs + FollowerPath.PATIENCE_MS + Deadlines.TICK_MS);

        assertThat(turn).hasSize(2);
        assertThat(turn.get(0)).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.REPLICA_NOT_AVAILABLE);
        other.runLater();
        assertThat(other.follow(0, new Step.Locate())).isEqualTo(new Done(new Position(new Place(1, 0), 0, 1)));
    }

    @Test
    void shouldRefuseWhatWaitsTooLongForACutToBeRecorded() throws IOException {
        follower.follow(0, new Append(START, stamped(0, 0, "a", "b"), 1, 0));
        follower.sync();
        follower.checkpoint();
        cluster.elect(1);
        follower.holdsCheckpoints = true;
        Answer<Outcome> cut = follower.followLater(1, new Step.Diverge(new Place(2, 0), 0, 1));

        follower.shard.deadlines().expire(follower.nowMs + FollowerPath.PATIENCE_MS + Deadlines.TICK_MS);

        assertThat(cut.only()).isInstanceOf(Refused.class);
    }

    /** By the position that it fetches from next the leader sees what it has. */
    @Test
    void shouldNotTellOfRecordsBeforeTheyAreSyncedWhereThatIsPromised() {
        ReplicaNode other = new ReplicaCluster(2, ShardFixture.config(1, 1)).node(2);
        other.holdsSyncs = true;
        other.followLater(0, new Append(START, stamped(0, 0, "a"), 1, 0));

        Answer<Outcome> located = other.followLater(0, new Step.Locate());
        assertThat(located.came()).isFalse();
        Answer<Outcome> misplaced = other.followLater(0, new Append(START, stamped(0, 0, "a"), 1, 0));
        assertThat(located.only()).as("nobody waits for it any more").isInstanceOf(Refused.class);
        assertThat(misplaced.came()).isFalse();
        other.runLater();

        assertThat(misplaced.only()).isEqualTo(new Misplaced(new Position(new Place(1, 0), 0, 1)));
        assertThat(other.follow(0, new Step.Locate())).isEqualTo(new Done(new Position(new Place(1, 0), 0, 1)));
    }

    @Test
    void shouldLeaveNoDeadlineBehind() {
        ReplicaNode other = new ReplicaCluster(2, ShardFixture.config(1, 1)).node(2);
        other.holdsSyncs = true;
        Answer<Outcome> answer = other.followLater(0, new Append(START, stamped(0, 0, "a"), 1, 0));
        other.runLater();

        assertThat(answer.came()).isTrue();
        assertThat(other.shard.deadlines().size()).isZero();
    }

    @Test
    void shouldAppendNothingByAnyRoleUntilACutIsRecorded() throws IOException {
        follower.follow(0, new Append(START, stamped(0, 0, "a", "b"), 1, 0));
        follower.follow(0, new Append(new Place(2, 0), stamped(2, 0, "c"), 1, 0));
        follower.sync();
        follower.checkpoint();
        cluster.elect(1);
        follower.holdsCheckpoints = true;

        Answer<Outcome> cut = follower.followLater(1, new Step.Diverge(new Place(3, 0), 0, 2));

        assertThat(cut.came()).isFalse();
        assertThat(follower.follow(1, new Step.Locate()))
                .isInstanceOf(Refused.class)
                .extracting("error")
                .isEqualTo(Errors.REPLICA_NOT_AVAILABLE);
        cluster.elect(2);
        assertThat(produced().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);

        follower.runLater();

        assertThat(cut.only()).isEqualTo(new Cut(new Position(new Place(2, 0), 0, 1), false));
        assertThat(produced().error()).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldTryAgainToRecordACut() throws IOException {
        follower.follow(0, new Append(START, stamped(0, 0, "a", "b"), 0, 0));
        follower.sync();
        follower.checkpoint();
        follower.files.onOperation((operation, path) -> {
            if (path.toString().contains("recovery-point")) {
                throw new IOException("Input/output error");
            }
        });

        Outcome cut = follower.follow(0, new Step.Diverge(new Place(2, 0), 0, 0));

        assertThat(cut).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(follower.shard.awaitsCheckpoint(ShardFixture.KEY)).isTrue();

        follower.files.onOperation((operation, path) -> {});
        follower.runLater();
        assertThat(follower.follow(0, new Step.Locate())).isEqualTo(new Done(new Position(START, 0, 0)));
    }

    @Test
    void shouldRecordACutThatTheDiskBreaksOffBeforeAnythingIsAppended() throws IOException {
        follower.follow(0, new Append(START, stamped(0, 0, "a"), 0, 0));
        follower.follow(0, new Append(new Place(1, 0), stamped(1, 0, "b"), 0, 0));
        follower.sync();
        follower.checkpoint();
        follower.holdsCheckpoints = true;
        follower.files.onOperation((operation, path) -> {
            if (operation == Operation.SYNC_DIRECTORY) {
                follower.files.onOperation((again, other) -> {});
                throw new IOException("Input/output error");
            }
        });

        Outcome cut = follower.follow(0, new Step.Diverge(new Place(2, 0), 0, 1));

        assertThat(cut).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        follower.shard.health(follower.partition().logDir.id(), DirectoryHealth.WRITABLE);
        assertThat(follower.follow(0, new Step.Locate()))
                .isInstanceOf(Refused.class)
                .extracting("error")
                .isEqualTo(Errors.REPLICA_NOT_AVAILABLE);
        follower.runLater();
        assertThat(follower.follow(0, new Step.Locate())).isEqualTo(new Done(new Position(new Place(1, 0), 0, 0)));
    }

    @Test
    void shouldWriteNoCheckpointForACutAboveAllThatTheyMaySay() {
        follower.follow(0, new Append(START, stamped(0, 0, "a"), 1, 0));
        follower.follow(0, new Append(new Place(1, 0), stamped(1, 0, "b"), 1, 0));
        follower.holdsCheckpoints = true;

        assertThat(follower.follow(0, new Step.Diverge(new Place(2, 0), 0, 1)))
                .isEqualTo(new Cut(new Position(new Place(1, 0), 0, 1), false));
    }

    @Test
    void shouldSayThatCommittedRecordsAreLost() {
        follower.follow(0, new Append(START, stamped(0, 0, "a"), 1, 0));
        follower.follow(0, new Append(new Place(1, 0), stamped(1, 0, "b"), 2, 0));

        assertThat(follower.follow(0, new Step.Diverge(new Place(2, 0), 0, 1)))
                .isEqualTo(new Cut(new Position(new Place(1, 0), 0, 1), true));
    }

    @Test
    void shouldAnswerWhatWaitsWhenTheShardEnds() throws IOException {
        follower.follow(0, new Append(START, stamped(0, 0, "a", "b"), 0, 0));
        follower.sync();
        follower.holdsCheckpoints = true;
        Answer<Outcome> cut = follower.followLater(0, new Step.Diverge(new Place(2, 0), 0, 0));

        follower.followers.endAll();

        assertThat(cut.only()).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        follower.runLater();
    }

    /** No sequence is checked; what is known of producers and transactions is what the batches say. */
    @Test
    void shouldKnowProducersAndTransactionsAsTheLeaderDoes() throws IOException {
        ByteBuffer sent = joined(
                transactional(0, 7, 500, "a"),
                transactional(1, 8, 3, "b"),
                marker(2, 7, ControlRecordType.ABORT),
                stamped(3, 0, "c"));

        follower.follow(0, new Append(START, sent, 4, 0));

        Partition partition = follower.partition();
        assertThat(partition.producers.producer(7).orElseThrow().lastSequence()).isEqualTo(500);
        assertThat(partition.lastStableOffset()).isEqualTo(1);
        assertThat(partition.log.abortedTransactions(0, 4)).containsExactly(new AbortedTransaction(7, 0, 2, 1));

        follower.follow(0, new Append(new Place(4, 0), marker(4, 8, ControlRecordType.COMMIT), 4, 0));
        assertThat(partition.lastStableOffset()).isEqualTo(1);
        follower.follow(0, new Append(new Place(5, 0), ByteBuffer.allocate(0), 5, 0));
        assertThat(partition.lastStableOffset()).isEqualTo(5);
    }

    @Test
    void shouldKeepWhatItHasOfANewEpochInWhichItWasCutOff() {
        follower.follow(0, new Append(START, stamped(0, 0, "a"), 1, 0));
        cluster.decide(change().withLeader(1));
        cluster.decide(change().withLeader(1));
        cluster.tell(follower);

        assertThat(follower.follow(2, new Append(new Place(1, 0), stamped(1, 2, "b"), 1, 0)))
                .isEqualTo(new Done(new Position(new Place(2, 2), 0, 1)));
    }

    private AppendResult produced() {
        return cluster.produce(follower, "from a leader");
    }

    /** A batch as a leader has it. */
    static ByteBuffer stamped(long offset, int epoch, String... values) {
        ByteBuffer batch = batch(1_000, values);
        batch.putLong(0, offset);
        batch.putInt(BatchLayout.LEADER_EPOCH, epoch);
        return batch;
    }

    private static ByteBuffer transactional(long offset, long producerId, int sequence, String value) {
        return MemoryRecords.withTransactionalRecords(
                        offset,
                        Compression.NONE,
                        producerId,
                        (short) 0,
                        sequence,
                        0,
                        new SimpleRecord(1_000, value.getBytes(StandardCharsets.UTF_8)))
                .buffer();
    }

    static ByteBuffer marker(long offset, long producerId, ControlRecordType type) {
        return MemoryRecords.withEndTransactionMarker(
                        offset, 1_000, 0, producerId, (short) 0, new EndTransactionMarker(type, 0))
                .buffer();
    }

    static ByteBuffer joined(ByteBuffer... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                List.of(parts).stream().mapToInt(ByteBuffer::remaining).sum());
        List.of(parts).forEach(all::put);
        return all.flip();
    }
}
