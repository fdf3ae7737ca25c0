package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.heartbeat;
import static dev.weir.group.ClassicRequests.join;
import static dev.weir.group.ClassicRequests.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.core.Group;
import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import dev.weir.group.record.GroupRecordSamples;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The driver of one partition's groups: leadership, loads, timers and who waits for them. */
class PartitionCoordinatorTest extends PartitionCoordinatorFixture {
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
    void shouldSayThatItHasFailedAndTryAgainWhereTheLogCannotBeTakenApart() {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        log.unreadable = true;

        // when
        leadershipMovesAwayAndBack();

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
        leadershipMovesAwayAndBack();

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
        leadershipMovesAwayAndBack();
        assertThat(committed()).isEqualTo(expected);
    }
}
