package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class BrokerHeartbeatsTest {
    private static final Uuid ID = new Uuid(1, 1);
    private static final long SESSION_MS = 9000;

    private final BrokerHeartbeats heartbeats = new BrokerHeartbeats(new BrokerLifecycle(new FakeConfigRules()));
    private final BrokerSessions sessions = new BrokerSessions(SESSION_MS);
    private long nowMs = 1000;
    private final ClusterImage active =
            TestCluster.withTopic(TestCluster.ofBrokers(2), "t", ID, 1, 2).at(new LogPosition(50, 1));
    private final ClusterImage fenced =
            TestCluster.ofBrokers(2).apply(TestCluster.broker(1, null, true)).at(new LogPosition(50, 1));

    @Test
    void shouldChangeNothingForABrokerThatIsWell() {
        ControllerResult<BrokerHeartbeatResponseData> result = take(active, beat(50));

        assertThat(result.records()).isEmpty();
        assertThat(result.response())
                .isEqualTo(new BrokerHeartbeatResponseData()
                        .setIsCaughtUp(true)
                        .setIsFenced(false)
                        .setShouldShutDown(false));
    }

    @Test
    void shouldUnfenceABrokerOnceItHasReadItsOwnRegistration() {
        assertThat(take(fenced, beat(9)).records()).isEmpty();
        assertThat(take(fenced, beat(9)).response().isFenced()).isTrue();
        assertThat(take(fenced, beat(10)).records()).containsExactly(BrokerRegistrationChangeRecord.unfence(1, 10));
        assertThat(take(fenced, beat(10)).response().isFenced()).isFalse();
        assertThat(take(fenced, beat(9)).response().isCaughtUp()).isFalse();
        assertThat(take(fenced, beat(10)).response().isCaughtUp()).isTrue();
    }

    @Test
    void shouldLeaveABrokerFencedThatWantsIt() {
        assertThat(take(fenced, beat(50).setWantFence(true)).records()).isEmpty();
    }

    @Test
    void shouldFenceABrokerThatWantsIt() {
        ControllerResult<BrokerHeartbeatResponseData> result = take(active, beat(50).setWantFence(true));

        assertThat(result.records())
                .containsExactly(
                        PartitionChangeRecord.of(ID, 0).withLeader(2).withIsr(List.of(2)),
                        BrokerRegistrationChangeRecord.fence(1, 10));
        assertThat(result.response().isFenced()).isTrue();
        assertThat(result.response().shouldShutDown()).isFalse();
    }

    @Test
    void shouldLetABrokerStopOnlyWhenOthersLeadWhatItLedAndHaveReadIt() {
        // given
        take(active, of(2, beat(50)));
        ControllerResult<BrokerHeartbeatResponseData> first = take(active, beat(50).setWantShutDown(true));
        ClusterImage leaving = TestCluster.apply(active, first.records()).at(new LogPosition(60, 1));

        // when
        ControllerResult<BrokerHeartbeatResponseData> unread = take(leaving, beat(60).setWantShutDown(true));
        take(leaving, of(2, beat(60)));
        ControllerResult<BrokerHeartbeatResponseData> read = take(leaving, beat(60).setWantShutDown(true));

        // then
        assertThat(first.response().shouldShutDown()).isFalse();
        assertThat(leaving.topics().partition(ID, 0).orElseThrow().leader()).isEqualTo(2);
        assertThat(unread.response().shouldShutDown()).isFalse();
        assertThat(unread.records()).isEmpty();
        assertThat(read.response().shouldShutDown()).isTrue();
        assertThat(read.records()).containsExactly(BrokerRegistrationChangeRecord.fence(1, 10));
    }

    @Test
    void shouldNotLetABrokerThatIsSilentHoldUpTheStopOfAnother() {
        // given
        take(active, of(2, beat(50)));
        ClusterImage leaving = TestCluster.apply(
                        active, take(active, beat(50).setWantShutDown(true)).records())
                .at(new LogPosition(60, 1));
        take(leaving, beat(60).setWantShutDown(true));

        // when
        nowMs += SESSION_MS;

        // then
        assertThat(take(leaving, beat(60).setWantShutDown(true)).response().shouldShutDown())
                .isTrue();
    }

    @Test
    void shouldLetABrokerStopAtOnceThatNobodyCanTakeOver() {
        // given
        ClusterImage alone = TestCluster.withElr(TestCluster.withTopic(TestCluster.ofBrokers(1), "t", ID, 1))
                .at(new LogPosition(50, 1));
        ControllerResult<BrokerHeartbeatResponseData> first = take(alone, beat(50).setWantShutDown(true));
        ClusterImage leaving = TestCluster.apply(alone, first.records()).at(new LogPosition(60, 1));

        // when
        ControllerResult<BrokerHeartbeatResponseData> second = take(leaving, beat(50).setWantShutDown(true));

        // then
        assertThat(first.records())
                .containsExactly(
                        PartitionChangeRecord.of(ID, 0)
                                .withLeader(-1)
                                .withIsr(List.of())
                                .withElr(List.of(1))
                                .withLastKnownElr(List.of(1)),
                        BrokerRegistrationChangeRecord.controlledShutdown(1, 10));
        assertThat(second.response().shouldShutDown()).isTrue();
    }

    /** It keeps nobody waiting while a part of the moves is not decided yet. */
    @Test
    void shouldMoveTheRestOfWhatABrokerLeadsThatIsLeaving() {
        ClusterImage cut = active.apply(BrokerRegistrationChangeRecord.controlledShutdown(1, 10))
                .at(new LogPosition(60, 1));

        ControllerResult<BrokerHeartbeatResponseData> result = take(cut, beat(60).setWantShutDown(true));

        assertThat(result.records())
                .containsExactly(PartitionChangeRecord.of(ID, 0).withLeader(2).withIsr(List.of(2)));
        assertThat(result.response().shouldShutDown()).isFalse();
    }

    @Test
    void shouldGiveAwayWhatIsInALogDirThatHasFailed() {
        // given
        Uuid second = new Uuid(500, 9);
        ClusterImage two = TestCluster.withElr(active.apply(new RegisterBrokerRecord(
                        1,
                        new Uuid(7, 1),
                        10,
                        List.of(),
                        List.of(),
                        null,
                        false,
                        false,
                        List.of(TestCluster.dir(1), second))))
                .at(new LogPosition(60, 1));

        // when
        var result = take(two, beat(60).setOfflineLogDirs(List.of(TestCluster.dir(1))));
        ClusterImage after = TestCluster.apply(two, result.records());

        // then
        assertThat(result.records())
                .containsExactly(
                        PartitionChangeRecord.of(ID, 0).withLeader(2).withIsr(List.of(2)),
                        BrokerRegistrationChangeRecord.logDirs(1, 10, List.of(second)));
        assertThat(take(after, beat(60).setOfflineLogDirs(List.of(TestCluster.dir(1))))
                        .records())
                .isEmpty();
        assertThat(after.isActive(1)).isTrue();
    }

    @Test
    void shouldFenceABrokerThatHasNoLogDirLeft() {
        BrokerHeartbeatRequestData beat = beat(60).setOfflineLogDirs(List.of(TestCluster.dir(1)));

        var result = take(active, beat);
        ClusterImage after = TestCluster.apply(active, result.records());

        assertThat(after.broker(1).orElseThrow().fenced()).isTrue();
        assertThat(after.broker(1).orElseThrow().logDirs()).containsExactly(TestCluster.dir(1));
        assertThat(after.topics().partition(ID, 0).orElseThrow().leader()).isEqualTo(2);
        assertThat(take(after, beat).records()).isEmpty();
    }

    @Test
    void shouldRefuseAnOldIncarnation() {
        assertThat(take(active, beat(50).setBrokerEpoch(9)).response().errorCode())
                .isEqualTo(Errors.STALE_BROKER_EPOCH.code());
    }

    private ControllerResult<BrokerHeartbeatResponseData> take(ClusterImage image, BrokerHeartbeatRequestData request) {
        return heartbeats.beat(image, request, sessions, nowMs);
    }

    private static BrokerHeartbeatRequestData of(int brokerId, BrokerHeartbeatRequestData beat) {
        return beat.setBrokerId(brokerId).setBrokerEpoch(brokerId * 10L);
    }

    private static BrokerHeartbeatRequestData beat(long metadataOffset) {
        return new BrokerHeartbeatRequestData()
                .setBrokerId(1)
                .setBrokerEpoch(10)
                .setCurrentMetadataOffset(metadataOffset)
                .setWantFence(false);
    }
}
