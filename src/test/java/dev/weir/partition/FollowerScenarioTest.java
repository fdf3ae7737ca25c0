package dev.weir.partition;

import static dev.weir.partition.FollowerPathTest.stamped;
import static dev.weir.partition.ReplicaCluster.batch;
import static dev.weir.partition.ReplicaCluster.change;
import static dev.weir.partition.ReplicaCluster.locate;
import static dev.weir.partition.ReplicaCluster.records;
import static dev.weir.partition.ReplicaCluster.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Outcome.Cut;
import dev.weir.partition.client.FollowerMessages.Outcome.Misplaced;
import dev.weir.partition.client.FollowerMessages.Outcome.Refused;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.storage.producer.ProducerEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/** Failures that other systems have had in following a leader, step by step, with real logs of three brokers. */
class FollowerScenarioTest {
    private final ReplicaCluster cluster = new ReplicaCluster(3, ShardFixture.config(Long.MAX_VALUE, 1));
    private final ReplicaNode a = cluster.node(1);
    private final ReplicaNode b = cluster.node(2);
    private final ReplicaNode c = cluster.node(3);

    /** Kafka's KIP-101: a high watermark that was stored is no place to cut at. */
    @Test
    void shouldKeepWhatWasCommittedAfterTwoRestartsCloseTogether() throws Exception {
        cluster.decide(change().withIsr(List.of(1, 2)));
        cluster.tellAll();
        cluster.produce(a, "m0");
        cluster.follow(b, a);
        AppendResult second = cluster.produce(a, "m1");
        cluster.round(b, a);
        b.sync();
        b.checkpoint();
        // b has not heard that m1 is committed, and is gone before it does.
        assertThat(b.partition().highWatermark()).isEqualTo(1);
        b.crash(new Random(1));
        a.fetchedBy(2, 2, 1 << 20, 0, 0).release();
        assertThat(a.partition().highWatermark()).isEqualTo(second.baseOffset() + 1);

        cluster.start(b);
        a.kill();
        cluster.elect(2);
        cluster.start(a);
        cluster.follow(a, b);

        assertThat(records(b)).containsExactly("0@0:m0", "1@0:m1");
        assertThat(records(a)).isEqualTo(records(b));
    }

    /** KAFKA-7164: between two epochs of the same leader there was another one. */
    @Test
    void shouldAskAgainWhereItPartsThoughTheLeaderIsTheSame() {
        cluster.produce(a, "0");
        cluster.produce(a, "1");
        cluster.follow(b, a);
        cluster.follow(c, a);
        cluster.produce(a, "2 of epoch 0");
        cluster.round(c, a);

        cluster.decide(change().withLeader(2).withIsr(List.of(1, 2)));
        cluster.tell(a);
        cluster.tell(b);
        cluster.produce(b, "2 of epoch 1");
        cluster.follow(a, b);
        cluster.decide(change().withLeader(1));
        cluster.tell(a);
        cluster.tell(b);
        cluster.produce(a, "3");
        cluster.tell(c);
        cluster.follow(c, a);

        assertThat(records(c)).isEqualTo(records(a)).contains("2@1:2 of epoch 1", "3@2:3");
    }

    /** KAFKA-15510: an answer without records leaves the epoch of the last record as it was. */
    @Test
    void shouldNameTheEpochOfItsLastRecordAfterAnEmptyAnswer() {
        cluster.produce(a, "0");
        cluster.follow(b, a);

        Outcome outcome = cluster.round(b, a);

        assertThat(ReplicaCluster.positionIn(outcome).place()).isEqualTo(new Place(1, 0));
        assertThat(locate(b).place()).isEqualTo(new Place(1, 0));
    }

    /** KAFKA-10706: epochs without a record on either side. */
    @Test
    void shouldAgreeAfterElectionsInWhichNothingWasWritten() {
        cluster.produce(a, "0");
        cluster.follow(b, a);
        cluster.follow(c, a);
        cluster.decide(change().withLeader(1));
        cluster.tell(a);
        cluster.decide(change().withLeader(2));
        cluster.tellAll();
        assertThat(a.partition().log.latestEpoch()).hasValue(1);

        int fetches = cluster.follow(a, b);

        assertThat(fetches).isEqualTo(2);
        assertThat(a.partition().log.latestEpoch()).hasValue(0);
        cluster.produce(b, "1");
        cluster.follow(a, b);
        assertThat(records(a)).isEqualTo(records(b)).hasSize(2);
        assertThat(a.partition().log.epochForOffset(1)).hasValue(2);
    }

    /** The epoch that began here without a record began where the leader goes on in an older one. */
    @Test
    void shouldTakeRecordsOfAnOlderEpochThanOneThatItBeganWithoutRecords() {
        cluster.produce(a, "0");
        cluster.follow(b, a);
        cluster.produce(a, "1");
        cluster.follow(c, a);
        cluster.decide(change().withLeader(2));
        cluster.tell(b);
        cluster.decide(change().withLeader(3));
        cluster.tellAll();

        cluster.follow(b, c);

        assertThat(records(b)).containsExactly("0@0:0", "1@0:1");
        assertThat(b.partition().log.latestEpoch()).hasValue(0);
        assertThat(b.partition().log.epochForOffset(1)).hasValue(0);
    }

    /** KAFKA-9491: start, end, high watermark, recovery point, epochs and producers of a log that starts over move together. */
    @Test
    void shouldMoveEverythingThatBelongsToALogThatStartsOver() throws Exception {
        for (int i = 0; i < 3; i++) {
            cluster.produce(a, "old " + i);
        }
        cluster.follow(b, a);
        cluster.follow(c, a);
        c.followLater(0, new Step.Append(new Place(3, 0), withProducer(3), 3, 0));
        cluster.decide(change().withIsr(List.of(1, 2)));
        cluster.tellAll();
        c.crash(new Random(1));
        for (int i = 0; i < 4; i++) {
            cluster.produce(a, "new " + i);
        }
        cluster.follow(b, a);
        cluster.follow(b, a);
        a.partition().log.advanceLogStartOffset(6);

        cluster.start(c);
        Outcome outcome = cluster.round(c, a);

        assertThat(outcome).isEqualTo(new Cut(new Position(new Place(6, -1), 6, 6), false));
        Partition partition = c.partition();
        assertThat(partition.log.recoveryPoint()).isEqualTo(6);
        assertThat(partition.log.latestEpoch()).isEmpty();
        assertThat(partition.producers.activeProducers()).isEmpty();
        cluster.elect(3);
        assertThat(c.isLeader()).isTrue();
        assertThat(c.fetchedBy(2, 6, 1 << 20, 1, -1).error()).isEqualTo(Errors.NONE);
    }

    /** A follower at 3 is out of the range of a leader that ends at 2, which then grows beyond: nothing is to be given up. */
    @Test
    void shouldNotGiveUpALogThatWasLongerThanTheLeaders() {
        cluster.produce(a, "0");
        cluster.produce(a, "1");
        cluster.follow(b, a);
        cluster.follow(c, a);
        cluster.produce(a, "2 of epoch 0");
        cluster.round(c, a);
        cluster.elect(2);
        Place at = locate(c).place();
        FetchAnswer tooFar = b.fetchedBy(3, at.offset(), 1 << 20, 1, -1);
        assertThat(tooFar.error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        cluster.produce(b, "2 of epoch 1", "3 of epoch 1", "4 of epoch 1");

        Outcome outcome = c.follow(1, step(at, tooFar));

        assertThat(outcome).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(records(c)).hasSize(3);
        cluster.follow(c, b);
        assertThat(records(c)).isEqualTo(records(b)).hasSize(5);
    }

    /** Everything beside the log is as a replay of what is left would have it. */
    @Test
    void shouldCutTheTablesWithTheLog() throws Exception {
        follow(c, stamped(0, 0, "0"), withProducer(1), transaction(2, 9), abort(3, 9), transaction(4, 10));
        cluster.elect(1);
        assertThat(c.partition().log.abortedTransactions(0, 9)).hasSize(1);

        c.follow(1, new Step.Diverge(locate(c).place(), 0, 3));

        Partition cut = c.partition();
        assertThat(cut.log.logEndOffset()).isEqualTo(3);
        assertThat(cut.log.abortedTransactions(0, 9)).isEmpty();
        assertThat(cut.producers.firstUndecidedOffset()).hasValue(2);
        var producers = producers(c);
        c.kill();
        cluster.start(c);
        assertThat(producers(c)).isEqualTo(producers);
        assertThat(c.partition().producers.firstUndecidedOffset()).hasValue(2);
    }

    /** KAFKA-16541: whatever a crash leaves of the table of epochs, the replica names the epoch of its last record. */
    @Test
    void shouldNameTheRightEpochWhateverIsLeftOfTheTable() throws Exception {
        cluster.produce(a, "0");
        cluster.follow(b, a);
        cluster.elect(1);
        cluster.produce(a, "1 of epoch 1");
        cluster.follow(b, a);
        b.sync();
        b.checkpoint();
        cluster.elect(3);
        cluster.produce(c, "0 of epoch 2");
        cluster.round(b, c);
        var table = b.partition().log.directory().resolve("leader-epoch-checkpoint");
        for (String torn : new String[] {"", "0\n2\n0 0\n", "0\n2\n0 0\n1 1\n", "0\n1\n7 0\n"}) {
            cluster.follow(b, c);
            b.sync();
            b.crash(new Random(3));
            b.files.put(table, torn.getBytes(StandardCharsets.UTF_8));
            cluster.start(b);

            assertThat(locate(b).place()).as("table: %s", torn).isEqualTo(new Place(1, 2));
        }
    }

    /** KAFKA-13266: an answer of the former leader that comes late, and a position that was read before it came. */
    @Test
    void shouldTakeNothingFromTheFormerLeader() {
        cluster.produce(a, "0");
        cluster.follow(b, a);
        cluster.follow(c, a);
        cluster.produce(a, "1");
        Place at = locate(c).place();
        FetchAnswer late = a.fetchedBy(3, at.offset(), 1 << 20, 0, at.lastEpoch());
        FetchAnswer twice = a.fetchedBy(3, at.offset(), 1 << 20, 0, at.lastEpoch());
        Step append = step(at, late);
        assertThat(c.follow(0, append)).isInstanceOf(Outcome.Done.class);
        assertThat(c.follow(0, step(at, twice))).isInstanceOf(Misplaced.class);
        cluster.elect(2);

        Outcome outcome = c.follow(0, append);

        assertThat(outcome).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.FENCED_LEADER_EPOCH);
        cluster.produce(b, "1 of epoch 1");
        cluster.follow(c, b);
        assertThat(records(c)).isEqualTo(records(b)).containsExactly("0@0:0", "1@1:1 of epoch 1");
    }

    /** KAFKA-6975: records were deleted up to the middle of a batch, for a new follower and for one that was behind. */
    @Test
    void shouldReachTheEndFromAStartInTheMiddleOfABatch() throws Exception {
        cluster.produce(a, "0");
        cluster.follow(b, a);
        cluster.produce(a, "1", "2", "3", "4");
        cluster.produce(a, "5");
        cluster.decide(change().withIsr(List.of(1)));
        cluster.tellAll();
        a.partition().progress();
        a.partition().log.advanceLogStartOffset(3);

        cluster.follow(b, a);
        cluster.follow(c, a);

        for (ReplicaNode follower : List.of(b, c)) {
            assertThat(records(follower, 3, 99)).containsExactly("3@0:3", "4@0:4", "5@0:5");
            assertThat(locate(follower)).isEqualTo(new Position(new Place(6, 0), 3, 6));
        }
    }

    /** The same where the follower has records, all of which are deleted on the leader: found by the simulation. */
    @Test
    void shouldReachTheEndWhereOnlyDeletedRecordsLieBelowAStartInTheMiddleOfABatch() throws Exception {
        cluster.produce(a, "0");
        cluster.produce(a, "1");
        cluster.decide(change().withIsr(List.of(2, 3)).withLeader(2));
        cluster.tell(b);
        cluster.tell(c);
        cluster.produce(b, "0 of epoch 1", "1 of epoch 1", "2 of epoch 1", "3 of epoch 1");
        cluster.follow(c, b);
        b.partition().log.advanceLogStartOffset(2);
        cluster.tell(a);

        cluster.follow(a, b);

        assertThat(records(a, 2, 99)).containsExactly("2@1:2 of epoch 1", "3@1:3 of epoch 1");
        assertThat(locate(a)).isEqualTo(new Position(new Place(4, 1), 2, 4));
    }

    /** A follower that comes back empty starts over, though it had acknowledged more. */
    @Test
    void shouldFillAReplicaThatHasLostItsLog() {
        for (int i = 0; i < 5; i++) {
            cluster.produce(a, "v" + i);
        }
        cluster.follow(b, a);
        cluster.follow(c, a);
        cluster.decide(change().withIsr(List.of(1, 2)));
        cluster.tellAll();
        c.kill();
        for (String name : c.files.list(Path.of("/logs/orders-0"))) {
            c.files.remove(Path.of("/logs/orders-0", name));
        }

        cluster.start(c);
        assertThat(locate(c).place()).isEqualTo(new Place(0, -1));
        cluster.follow(c, a);

        assertThat(records(c)).isEqualTo(records(a)).hasSize(5);
    }

    /** KAFKA-6003: the leader accepted it, whatever this replica remembers of the producer. */
    @Test
    void shouldTakeWhateverTheLeaderAcceptedOfAProducer() throws Exception {
        follow(c, withProducer(0));
        c.partition().producers.clear();
        ByteBuffer later = MemoryRecords.withIdempotentRecords(
                        1, Compression.NONE, 7L, (short) 0, 900, 0, new SimpleRecord(1, new byte[3]))
                .buffer();

        follow(c, later);

        assertThat(c.partition().producers.producer(7).orElseThrow().lastSequence())
                .isEqualTo(900);
        c.kill();
        cluster.start(c);
        assertThat(c.partition().producers.producer(7).orElseThrow().lastSequence())
                .isEqualTo(900);
    }

    /** BookKeeper's PR 4701: a replica that has told its end in an epoch takes nothing of an older one. */
    @Test
    void shouldAppendNothingOfAnOlderEpochOnceItHasToldItsEnd() {
        cluster.produce(a, "0");
        cluster.follow(c, a);
        Place before = locate(c).place();
        cluster.elect(2);
        assertThat(locate(c).place()).isEqualTo(before);

        Outcome outcome = c.follow(0, new Step.Append(before, stamped(1, 0, "late"), 2, 0));

        assertThat(outcome).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(locate(c).place()).isEqualTo(before);
        assertThat(c.append(1, batch(1, "as a leader")).only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    private void follow(ReplicaNode node, ByteBuffer... sent) {
        for (ByteBuffer one : sent) {
            Outcome outcome = node.follow(
                    node.partition().leaderEpoch(), new Step.Append(locate(node).place(), one, 0, 0));
            assertThat(outcome).isInstanceOf(Outcome.Done.class);
        }
    }

    private static Map<Long, ProducerEntry> producers(ReplicaNode node) {
        Map<Long, ProducerEntry> found = new TreeMap<>();
        node.partition().producers.activeProducers().forEach(one -> found.put(one.producerId(), one));
        return found;
    }

    private static ByteBuffer withProducer(long offset) {
        return MemoryRecords.withIdempotentRecords(
                        offset, Compression.NONE, 7L, (short) 0, 40, 0, new SimpleRecord(1, new byte[3]))
                .buffer();
    }

    private static ByteBuffer transaction(long offset, long producerId) {
        return MemoryRecords.withTransactionalRecords(
                        offset, Compression.NONE, producerId, (short) 0, 0, 0, new SimpleRecord(1, new byte[3]))
                .buffer();
    }

    private static ByteBuffer abort(long offset, long producerId) {
        return FollowerPathTest.marker(offset, producerId, ControlRecordType.ABORT);
    }
}
