package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.heartbeat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import dev.weir.group.record.GroupRecordSamples;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The driver of one partition's groups while its leadership comes, goes and gets newer epochs. */
class PartitionCoordinatorLeadershipTest extends PartitionCoordinatorFixture {
    @Test
    void shouldLoadWhatFormerLeadersWroteAboveTheHighWatermark() {
        write(0, 5);
        write(0, 6);
        log.highWatermark = 1;

        coordinator.lead(7);

        assertThat(coordinator.isLoading()).isFalse();
        assertThat(committed()).isEqualTo(6);
    }

    @Test
    void shouldHoldRepliesUntilWhatItLoadedIsCommitted() {
        // given
        write(0, 5);
        write(0, 6);
        log.highWatermark = 1;
        coordinator.lead(7);
        int fetch = ask(fetch());
        log.runLater();
        assertThat(answers).isEmpty();

        // when
        log.highWatermark = 2;
        log.runLater();

        // then
        assertThat(fetched(fetch)).isEqualTo(6);
        assertThat(fetched(ask(fetch()))).isEqualTo(6);
        log.runLater();
        assertThat(log.later).isEmpty();
    }

    @Test
    void shouldTakeACommittedAppendForTheProofThatWhatItLoadedIsCommitted() {
        // given
        write(0, 5);
        log.highWatermark = 0;
        coordinator.lead(7);
        int fetch = ask(fetch());
        int commit = ask(commit("", -1, "t", 0, 6));
        assertThat(answers).isEmpty();

        // when
        log.commit();

        // then
        assertThat(error(commit)).isEqualTo(Errors.NONE);
        assertThat(fetched(fetch)).isEqualTo(6 - 1);
        assertThat(fetched(ask(fetch()))).isEqualTo(6);
    }

    @Test
    void shouldGoOnHoldingRepliesWhereTheLogRefusesACommit() {
        // given
        write(0, 5);
        log.highWatermark = 0;
        coordinator.lead(7);
        int fetch = ask(fetch());
        int commit = ask(commit("", -1, "t", 0, 6));

        // when
        log.refuse(Errors.NOT_ENOUGH_REPLICAS);

        // then
        assertThat(error(commit)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(answers).doesNotContainKey(fetch);
        log.highWatermark = 1;
        log.runLater();
        assertThat(fetched(fetch)).isEqualTo(5);
    }

    @Test
    void shouldAskForPatienceWhereWhatItLoadedStaysUncommitted() {
        // given
        write(0, 5);
        log.highWatermark = 0;
        coordinator.lead(7);
        int fetch = ask(heartbeat("m", 1));

        // when
        nowMs += HeldCalls.MOST_MS;
        int later = ask(heartbeat("m", 1));
        log.runLater();

        // then
        assertThat(error(fetch)).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(answers).doesNotContainKey(later);
        log.highWatermark = 1;
        log.runLater();
        assertThat(error(later)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldSendThoseWhoWaitForTheHighWatermarkElsewhereWhenItResigns() {
        write(0, 5);
        log.highWatermark = 0;
        coordinator.lead(7);
        int fetch = ask(heartbeat("m", 1));

        coordinator.resign(8);
        log.highWatermark = 1;
        log.runLater();

        assertThat(error(fetch)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(answers).hasSize(1);
    }

    @Test
    void shouldReadInItsOwnEpochAndTryAgainUntilThePartitionKnowsIt() {
        // given
        write(0, 5);
        log.knownEpoch = 6;
        coordinator.lead(7);
        assertThat(coordinator.isLoading()).isTrue();

        // when
        log.knownEpoch = 7;
        log.runLater();

        // then
        assertThat(committed()).isEqualTo(5);
        assertThat(log.readEpochs).containsOnly(7);
    }

    @Test
    void shouldStopALoadWhereThePartitionKnowsANewerEpochAndGoOnInThat() {
        // given
        write(0, 5);
        log.knownEpoch = 8;
        coordinator.lead(7);
        assertThat(log.later).isEmpty();
        assertThat(coordinator.isLoading()).isTrue();

        // when
        coordinator.lead(8);

        // then
        assertThat(committed()).isEqualTo(5);
        assertThat(log.readEpochs).containsExactly(7, 8);
    }

    @Test
    void shouldReloadNothingWhenItLeadsOnInANewerEpoch() {
        // given
        coordinator.lead(7);
        GroupCoordinatorCore core = coordinator.core();
        int pending = ask(commit("", -1, "t", 0, 5));
        int loads = log.loads;

        // when
        coordinator.lead(8);

        // then
        assertThat(coordinator.core()).isSameAs(core);
        assertThat(log.loads).isEqualTo(loads);
        assertThat(answers).isEmpty();
        log.commit();
        assertThat(error(pending)).isEqualTo(Errors.NONE);
        ask(commit("", -1, "t", 0, 6));
        assertThat(log.epochs).containsExactly(7, 8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldAppendAgainInTheNewerEpochThatThePartitionKnowsAlready(boolean heardBefore) {
        // given
        coordinator.lead(7);
        GroupCoordinatorCore core = coordinator.core();
        int commit = ask(commit("", -1, "t", 0, 5));

        // when
        if (heardBefore) {
            coordinator.lead(8);
        }
        log.refuse(Errors.FENCED_LEADER_EPOCH);
        coordinator.lead(8);
        log.commit();

        // then
        assertThat(error(commit)).isEqualTo(Errors.NONE);
        assertThat(log.epochs).containsExactly(7, 8);
        assertThat(coordinator.core()).isSameAs(core);
        assertThat(committed()).isEqualTo(5);
    }

    @Test
    void shouldAppendAgainUntilThePartitionKnowsTheEpoch() {
        // given
        coordinator.lead(7);
        GroupCoordinatorCore core = coordinator.core();
        int commit = ask(commit("", -1, "t", 0, 5));

        // when
        log.refuse(Errors.UNKNOWN_LEADER_EPOCH);
        log.runLater();
        log.commit();

        // then
        assertThat(error(commit)).isEqualTo(Errors.NONE);
        assertThat(coordinator.core()).isSameAs(core);
    }

    @Test
    void shouldRefuseAFencedAppendWhenAnotherLeads() {
        coordinator.lead(7);
        int commit = ask(commit("", -1, "t", 0, 5));
        log.refuse(Errors.FENCED_LEADER_EPOCH);

        coordinator.resign(8);

        assertThat(error(commit)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(log.underWay()).isZero();
    }

    @Test
    void shouldHearNothingThatIsOlderThanWhatItKnows() {
        // given
        write(0, 5);
        coordinator.lead(9);
        GroupCoordinatorCore core = coordinator.core();

        // when
        coordinator.resign(8);
        coordinator.lead(9);
        coordinator.lead(7);

        // then
        assertThat(coordinator.core()).isSameAs(core);
        coordinator.resign(10);
        coordinator.resign(10);
        coordinator.lead(9);
        coordinator.lead(10);
        assertThat(coordinator.leads()).isFalse();
        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.NOT_COORDINATOR);
    }

    @Test
    void shouldResignInTheEpochInWhichItLeads() {
        coordinator.lead(7);

        coordinator.resign(7);

        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(timers.size()).isZero();
    }

    @Test
    void shouldNotServeWhatIsLeftOfALogThatHasBecomeShorter() {
        // given: five batches, of which two are read before the others are lost
        for (int i = 0; i < 5; i++) {
            write(i, i);
        }
        log.onRead = reads -> {
            if (reads == 2) {
                log.keep(2);
            }
        };

        // when
        coordinator.lead(7);

        // then: it begins again, with the log as it is now
        assertThat(coordinator.core()).isNull();
        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.NOT_COORDINATOR);
        log.runLater();
        assertThat(Objects.requireNonNull(coordinator.core()).offsets().count()).isEqualTo(2);
    }

    @Test
    void shouldCountTheRecordsThatItPassesOver() {
        CoordinatorRecord good =
                GroupRecordCodec.encode(new GroupRecord.OffsetCommit("g", "t", 9, GroupRecordSamples.offsetOf(1)));
        byte[] cut = java.util.Arrays.copyOf(good.key(), good.key().length - 1);
        CoordinatorRecord orphan = GroupRecordCodec.encode(
                new GroupRecord.ConsumerGroupEpoch("c", new GroupRecord.ConsumerGroupEpoch.Epoch(4, 0)));
        log.write(OffsetsBatches.batch(
                List.of(new CoordinatorRecord(cut, good.value()), orphan, good), null, Compression.NONE, nowMs));

        coordinator.lead(7);

        assertThat(counters.counts().unreadableRecords()).isEqualTo(2);
    }

    private void write(int partition, long offset) {
        log.write(OffsetsBatches.batch(
                List.of(GroupRecordCodec.encode(new GroupRecord.OffsetCommit(
                        ClassicRequests.GROUP, "t", partition, GroupRecordSamples.offsetOf(offset)))),
                null,
                Compression.NONE,
                nowMs));
    }

    private static OffsetFetchRequestData fetch() {
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId(ClassicRequests.GROUP)
                        .setTopics(null)));
    }

    private long fetched(int id) {
        OffsetFetchResponseData response =
                (OffsetFetchResponseData) Objects.requireNonNull(answers.get(id), "no answer");
        return response.groups().get(0).topics().get(0).partitions().get(0).committedOffset();
    }
}
