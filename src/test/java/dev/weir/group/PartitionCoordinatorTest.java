package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.heartbeat;
import static dev.weir.group.ClassicRequests.join;
import static dev.weir.group.ClassicRequests.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import dev.weir.group.record.GroupRecordSamples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver of one partition's groups, against a log whose appends the test lets through. */
class PartitionCoordinatorTest {
    private static final int PARTITION = 4;
    private static final int MAX_BATCH_BYTES = 1_000;
    private static final short V9 = 9;

    private final FakeOffsetsLog log = new FakeOffsetsLog();
    private final GroupTimers timers = new GroupTimers(() -> {});
    private final Map<Integer, ApiMessage> answers = new HashMap<>();
    private final GroupTally tally = new GroupTally();
    private long nowMs = 1_000;
    private int asked;
    private int newIds;
    private final PartitionCoordinator coordinator = new PartitionCoordinator(
            PARTITION,
            log,
            () -> new GroupCoordinatorCore(
                    GroupRules.DEFAULTS, () -> Integer.toString(++newIds), new NoConsumerGroups()),
            timers,
            tally,
            Compression.NONE,
            () -> MAX_BATCH_BYTES,
            () -> nowMs,
            () -> nowMs);

    @Test
    void shouldSendEverybodyElsewhereWhereItDoesNotLead() {
        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.NOT_COORDINATOR);
    }

    @Test
    void shouldServeWhatCameWhileItLoaded() {
        // given
        log.readError = Errors.NOT_LEADER_OR_FOLLOWER;
        coordinator.lead(7);
        int commit = ask(commit("", -1, "t", 0, 5));
        int heartbeat = ask(heartbeat("m", 1));
        assertThat(coordinator.isLoading()).isTrue();
        assertThat(answers).isEmpty();

        // when
        log.readError = Errors.NONE;
        log.runLater();
        log.commit();

        // then
        assertThat(error(commit)).isEqualTo(Errors.NONE);
        assertThat(error(heartbeat)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        fireUntil(nowMs + HeldCalls.MOST_MS);
        assertThat(committed()).isEqualTo(5);
    }

    @Test
    void shouldAskForPatienceWhereItLoadsForLong() {
        // given
        log.readError = Errors.NOT_LEADER_OR_FOLLOWER;
        coordinator.lead(7);
        int first = ask(heartbeat("m", 1));
        nowMs += 1;
        int second = ask(heartbeat("m", 1));

        // when
        fireUntil(nowMs + HeldCalls.MOST_MS - 1);

        // then
        assertThat(error(first)).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(answers).doesNotContainKey(second);
        fireUntil(nowMs + 1);
        assertThat(error(second)).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        log.readError = Errors.NONE;
        log.runLater();
        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldAskForPatienceWhereTooManyWaitForItToLoad() {
        log.readError = Errors.NOT_LEADER_OR_FOLLOWER;
        coordinator.lead(7);
        for (int i = 0; i < HeldCalls.MOST; i++) {
            ask(heartbeat("m", 1));
        }

        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(answers).hasSize(1);
    }

    @Test
    void shouldSendThoseWhoWaitForItToLoadElsewhereWhenItResigns() {
        log.readError = Errors.NOT_LEADER_OR_FOLLOWER;
        coordinator.lead(7);
        int waits = ask(heartbeat("m", 1));

        coordinator.resign();

        assertThat(error(waits)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(timers.size()).isZero();
    }

    @Test
    void shouldGoOnWithThoseWhoWaitedBehindARequestThatFailsIt() {
        // given
        log.readError = Errors.NOT_LEADER_OR_FOLLOWER;
        coordinator.lead(7);
        int commit = ask(commit("", -1, "t", 0, 5));
        int broken = ask(join("", "range").setProtocols(null), (short) 3);
        int behind = ask(heartbeat("m", 1));
        log.readError = Errors.NONE;

        // when
        log.runLater();

        // then: it loads once more
        assertThat(error(commit)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(error(broken)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(answers).doesNotContainKey(behind);
        log.runLater();
        assertThat(error(behind)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldAnswerACommitWhenItIsCommitted() {
        coordinator.lead(7);

        int commit = ask(commit("", -1, "t", 0, 5));
        assertThat(answers).doesNotContainKey(commit);
        log.commit();

        assertThat(error(commit)).isEqualTo(Errors.NONE);
        assertThat(log.epochs).containsExactly(7);
    }

    @Test
    void shouldCountACommitWhenItIsCommitted() {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        ask(transactional(), (short) 4);
        assertThat(tally.counts().commits()).isZero();

        // when
        log.commitAll();

        // then
        assertThat(tally.counts().commits()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"KAFKA_STORAGE_ERROR", "REQUEST_TIMED_OUT"})
    void shouldNotCountACommitThatTheLogRefuses(Errors refusal) {
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        ask(commit("", -1, "t", 0, 6));

        log.refuse(refusal);

        log.runLater();
        log.commitAll();
        assertThat(tally.counts().commits()).isZero();
    }

    @Test
    void shouldCountAClassicRebalanceWhenItsMembersHaveJoined() {
        coordinator.lead(7);
        ask(join("", "range"), (short) 3);
        assertThat(tally.counts().classicRebalances()).isZero();

        fireUntil(nowMs + 10_000);

        assertThat(tally.counts().classicRebalances()).isEqualTo(1);
    }

    @Test
    void shouldHoldBackAReadThatFollowsAnUncommittedWrite() {
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));

        int read = ask(heartbeat("m", 1));
        assertThat(answers).doesNotContainKey(read);
        log.commit();

        assertThat(answers).containsKey(read);
    }

    @Test
    void shouldGatherWhatComesWhileAnAppendIsUnderWay() {
        coordinator.lead(7);
        List<Integer> commits = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            commits.add(ask(commit("", -1, "t", i, i)));
        }
        assertThat(log.underWay()).isEqualTo(1);

        log.commitAll();

        assertThat(commits).allSatisfy(id -> assertThat(error(id)).isEqualTo(Errors.NONE));
        assertThat(log.batches).hasSize(2);
    }

    @Test
    void shouldNotGatherMoreThanABatchShouldHold() {
        coordinator.lead(7);
        for (int i = 0; i < 100; i++) {
            ask(commit("", -1, "t", i, i));
        }

        log.commitAll();

        assertThat(log.batches).hasSizeBetween(8, 15);
        assertThat(log.batches).allSatisfy(b -> assertThat(b.sizeInBytes()).isLessThan(MAX_BATCH_BYTES + 100));
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_LEADER_OR_FOLLOWER, NOT_COORDINATOR",
        "NOT_ENOUGH_REPLICAS_AFTER_APPEND, COORDINATOR_NOT_AVAILABLE",
        "REQUEST_TIMED_OUT, COORDINATOR_NOT_AVAILABLE",
        "CORRUPT_MESSAGE, UNKNOWN_SERVER_ERROR"
    })
    void shouldLoadAgainWhereItDoesNotKnowWhatWasWritten(Errors refusal, Errors expected) {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        int lost = ask(commit("", -1, "t", 0, 6));
        int gathered = ask(commit("", -1, "t", 0, 7));

        // when
        log.refuse(refusal);

        // then
        assertThat(error(lost)).isEqualTo(expected);
        assertThat(error(gathered)).isEqualTo(expected);
        assertThat(coordinator.isLoading()).isTrue();
        log.runLater();
        assertThat(committed()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "KAFKA_STORAGE_ERROR, NOT_COORDINATOR",
        "NOT_ENOUGH_REPLICAS, COORDINATOR_NOT_AVAILABLE",
        "MESSAGE_TOO_LARGE, UNKNOWN_SERVER_ERROR"
    })
    void shouldTakeBackCommitsThatTheLogRefuses(Errors refusal, Errors expected) {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        GroupCoordinatorCore core = coordinator.core();
        int joins = ask(join("", "range").setGroupId("waits"), (short) 3);
        int lost = ask(commit("", -1, "t", 0, 6));
        int again = ask(commit("", -1, "t", 0, 7));
        int other = ask(commit("", -1, "t", 0, 1).setGroupId("new"));

        // when
        log.refuse(refusal);

        // then: as if they had never been, and nobody else is disturbed
        assertThat(error(lost)).isEqualTo(expected);
        assertThat(List.of(again, other))
                .allSatisfy(id -> assertThat(error(id)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE));
        assertThat(answers).doesNotContainKey(joins);
        assertThat(coordinator.core()).isSameAs(core);
        assertThat(committed()).isEqualTo(5);
        assertThat(Objects.requireNonNull(core).find("new")).isNull();
        int next = ask(commit("", -1, "t", 0, 8));
        log.commit();
        assertThat(error(next)).isEqualTo(Errors.NONE);
        assertThat(committed()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"KAFKA_STORAGE_ERROR, NOT_COORDINATOR", "MESSAGE_TOO_LARGE, UNKNOWN_SERVER_ERROR"})
    void shouldLoadAgainWhereTheLogRefusesMoreThanCommits(Errors refusal, Errors expected) {
        coordinator.lead(7);
        ask(join("", "range"), (short) 3);
        fireUntil(nowMs + 10_000);
        int sync = ask(sync("client-1", 1, Map.of("client-1", "A")), (short) 5);
        assertThat(log.underWay()).isEqualTo(1);

        log.refuse(refusal);

        assertThat(error(sync)).isEqualTo(expected);
        assertThat(coordinator.isLoading()).isTrue();
        log.runLater();
        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldWaitLongerEachTimeUntilSomethingIsCommitted() {
        log.readError = Errors.KAFKA_STORAGE_ERROR;
        coordinator.lead(7);
        for (int i = 0; i < 12; i++) {
            log.runLater();
        }
        assertThat(log.delays).startsWith(10L, 20L, 40L).endsWith(10_240L, 10_240L);

        log.readError = Errors.NONE;
        log.runLater();
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        ask(commit("", -1, "t", 0, 6));
        log.refuse(Errors.REQUEST_TIMED_OUT);

        assertThat(log.delays).endsWith(10_240L, 10L);
    }

    @Test
    void shouldSayThatItHasFailedAndTryAgainWhereTheLogCannotBeTakenApart() {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        log.unreadable = true;

        // when
        coordinator.lead(8);

        // then
        assertThat(coordinator.isLoading()).isFalse();
        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.NOT_COORDINATOR);
        log.unreadable = false;
        log.runLater();
        assertThat(committed()).isEqualTo(5);
    }

    @Test
    void shouldPassOverARecordThatCannotBeApplied() {
        // given: a record of consumer groups, which this coordinator has none of
        CoordinatorRecord orphan = GroupRecordCodec.encode(
                new GroupRecord.ConsumerGroupEpoch("c", new GroupRecord.ConsumerGroupEpoch.Epoch(4, 0)));
        CoordinatorRecord good =
                GroupRecordCodec.encode(new GroupRecord.OffsetCommit("g", "t", 9, GroupRecordSamples.offsetOf(1)));
        log.write(OffsetsBatches.batch(List.of(orphan, good), null, Compression.NONE, nowMs));

        // when
        coordinator.lead(7);

        // then
        assertThat(Objects.requireNonNull(coordinator.core()).offsets().get("g", "t", 9))
                .isNotNull();
    }

    @Test
    void shouldKeepNoOffsetThatWasCommittedWhileItsTopicWasDeleted() {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        int racing = ask(commit("", -1, "t", 0, 6));

        // when
        coordinator.onTopicsChanged(java.util.Set.of("t"), java.util.Set.of("t"));
        log.commitAll();

        // then: the commit was in time, the deletion came after it
        assertThat(error(racing)).isEqualTo(Errors.NONE);
        assertThat(Objects.requireNonNull(coordinator.core()).offsets().count()).isZero();
        coordinator.lead(8);
        assertThat(Objects.requireNonNull(coordinator.core()).offsets().count()).isZero();
    }

    @Test
    void shouldAnswerEverybodyWhoWaitsWhenItResigns() {
        // given
        coordinator.lead(7);
        int waitsToJoin = ask(join("", "range"), (short) 3);
        int waitsForTheLog = ask(commit("", -1, "t", 0, 6).setGroupId("other"));

        // when
        coordinator.resign();

        // then
        assertThat(error(waitsToJoin)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(error(waitsForTheLog)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(timers.size()).isZero();
        log.commit();
        assertThat(answers).hasSize(2);
    }

    @Test
    void shouldLoadAgainInANewEpochOnly() {
        coordinator.lead(7);
        GroupCoordinatorCore first = coordinator.core();

        coordinator.lead(7);
        assertThat(coordinator.core()).isSameAs(first);
        coordinator.lead(8);

        assertThat(coordinator.core()).isNotSameAs(first);
    }

    @Test
    void shouldNotTakeAnAnswerToAnotherLifeForItsOwn() {
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        coordinator.lead(8);
        int later = ask(commit("", -1, "t", 0, 6));

        log.refuse(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(answers).doesNotContainKey(later);
        log.commit();

        assertThat(error(later)).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldRunTheTimersOfItsGroups() {
        coordinator.lead(7);
        int join = ask(join("", "range"), (short) 3);

        assertThat(answers).doesNotContainKey(join);
        fireUntil(nowMs + 10_000);
        int sync = ask(sync("client-1", 1, Map.of("client-1", "A")), (short) 5);
        log.commitAll();

        assertThat(error(join)).isEqualTo(Errors.NONE);
        assertThat(error(sync)).isEqualTo(Errors.NONE);
        fireUntil(nowMs + ClassicRequests.SESSION_MS);
        log.commitAll();
        assertThat(Objects.requireNonNull(coordinator.core()).groups())
                .extracting(Group::stateName)
                .containsExactly("Empty");
    }

    @Test
    void shouldLoadEverythingAndPassOverWhatIsDamaged() {
        // given
        coordinator.lead(7);
        for (int i = 0; i < 5; i++) {
            ask(commit("", -1, "t", i, i));
            log.commit();
        }
        CoordinatorRecord good =
                GroupRecordCodec.encode(new GroupRecord.OffsetCommit("g", "t", 99, GroupRecordSamples.offsetOf(1)));
        byte[] cut = java.util.Arrays.copyOf(good.key(), good.key().length - 1);
        log.write(OffsetsBatches.batch(
                List.of(new CoordinatorRecord(cut, good.value()), good), null, Compression.NONE, nowMs));

        // when
        coordinator.lead(8);

        // then
        assertThat(Objects.requireNonNull(coordinator.core()).offsets().count()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"COMMIT, 9", "ABORT, 5"})
    void shouldKeepTransactionalOffsetsApartUntilTheirMarker(ControlRecordType marker, long expected) {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        ask(transactional(), (short) 4);
        log.commit();
        RecordBatch batch = log.batches.get(1);
        assertThat(batch.isTransactional()).isTrue();
        assertThat(batch.producerId()).isEqualTo(77);
        assertThat(batch.producerEpoch()).isEqualTo((short) 3);

        // when: the marker is written
        log.write(MemoryRecords.withEndTransactionMarker(77, (short) 3, new EndTransactionMarker(marker, 0))
                .buffer());
        assertThat(committed()).isEqualTo(5);

        // then: the next load finds it
        coordinator.lead(8);
        assertThat(committed()).isEqualTo(expected);
    }

    private long committed() {
        return Objects.requireNonNull(
                        Objects.requireNonNull(coordinator.core()).offsets().get(ClassicRequests.GROUP, "t", 0))
                .offset();
    }

    private static TxnOffsetCommitRequestData transactional() {
        return new TxnOffsetCommitRequestData()
                .setGroupId(ClassicRequests.GROUP)
                .setTransactionalId("tx")
                .setProducerId(77)
                .setProducerEpoch((short) 3)
                .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(9)))));
    }

    private void fireUntil(long untilMs) {
        while (timers.nextMs() <= untilMs) {
            nowMs = Math.max(nowMs, timers.nextMs());
            timers.fire(nowMs, (partition, key) -> {
                assertThat(partition).isEqualTo(PARTITION);
                coordinator.onTimer(key);
            });
        }
        nowMs = untilMs;
    }

    private int ask(ApiMessage request) {
        return ask(request, request instanceof org.apache.kafka.common.message.HeartbeatRequestData ? 4 : V9);
    }

    private int ask(ApiMessage request, short apiVersion) {
        int id = asked++;
        coordinator.handle(
                GroupCall.of(request, apiVersion, "client", "/h"),
                answer ->
                        assertThat(answers.put(id, answer)).as("answered once").isNull());
        return id;
    }

    private Errors error(int id) {
        return GroupReplies.error(Objects.requireNonNull(answers.get(id), "no answer"));
    }
}
