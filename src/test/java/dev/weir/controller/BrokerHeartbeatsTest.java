package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class BrokerHeartbeatsTest {
    private static final Uuid ID = new Uuid(1, 1);

    private final BrokerHeartbeats heartbeats = new BrokerHeartbeats(new BrokerLifecycle(new FakeConfigRules()));
    private final ClusterImage active =
            TestCluster.withTopic(TestCluster.ofBrokers(2), "t", ID, 1, 2).at(new LogPosition(50, 1));
    private final ClusterImage fenced =
            TestCluster.ofBrokers(2).apply(TestCluster.broker(1, null, true)).at(new LogPosition(50, 1));

    @Test
    void shouldChangeNothingForABrokerThatIsWell() {
        ControllerResult<BrokerHeartbeatResponseData> result = heartbeats.beat(active, beat(50));

        assertThat(result.records()).isEmpty();
        assertThat(result.response())
                .isEqualTo(new BrokerHeartbeatResponseData()
                        .setIsCaughtUp(true)
                        .setIsFenced(false)
                        .setShouldShutDown(false));
    }

    @Test
    void shouldUnfenceABrokerOnceItHasReadItsOwnRegistration() {
        assertThat(heartbeats.beat(fenced, beat(9)).records()).isEmpty();
        assertThat(heartbeats.beat(fenced, beat(9)).response().isFenced()).isTrue();
        assertThat(heartbeats.beat(fenced, beat(10)).records())
                .containsExactly(BrokerRegistrationChangeRecord.unfence(1, 10));
        assertThat(heartbeats.beat(fenced, beat(10)).response().isFenced()).isFalse();
        assertThat(heartbeats.beat(fenced, beat(10)).response().isCaughtUp()).isFalse();
    }

    @Test
    void shouldLeaveABrokerFencedThatWantsIt() {
        assertThat(heartbeats.beat(fenced, beat(50).setWantFence(true)).records())
                .isEmpty();
    }

    @Test
    void shouldFenceABrokerThatWantsIt() {
        ControllerResult<BrokerHeartbeatResponseData> result = heartbeats.beat(active, beat(50).setWantFence(true));

        assertThat(result.records())
                .containsExactly(
                        PartitionChangeRecord.of(ID, 0).withLeader(2).withIsr(List.of(2)),
                        BrokerRegistrationChangeRecord.fence(1, 10));
        assertThat(result.response().isFenced()).isTrue();
        assertThat(result.response().shouldShutDown()).isFalse();
    }

    @Test
    void shouldLetABrokerStopOnlyWhenOthersLeadWhatItLed() {
        ControllerResult<BrokerHeartbeatResponseData> first = heartbeats.beat(active, beat(50).setWantShutDown(true));
        ClusterImage leaving = TestCluster.apply(active, first.records());
        ControllerResult<BrokerHeartbeatResponseData> second = heartbeats.beat(leaving, beat(50).setWantShutDown(true));

        assertThat(first.response().shouldShutDown()).isFalse();
        assertThat(leaving.topics().partition(ID, 0).orElseThrow().leader()).isEqualTo(2);
        assertThat(second.response().shouldShutDown()).isTrue();
        assertThat(second.records()).containsExactly(BrokerRegistrationChangeRecord.fence(1, 10));
    }

    @Test
    void shouldRefuseAnOldIncarnation() {
        assertThat(heartbeats
                        .beat(active, beat(50).setBrokerEpoch(9))
                        .response()
                        .errorCode())
                .isEqualTo(Errors.STALE_BROKER_EPOCH.code());
    }

    private static BrokerHeartbeatRequestData beat(long metadataOffset) {
        return new BrokerHeartbeatRequestData()
                .setBrokerId(1)
                .setBrokerEpoch(10)
                .setCurrentMetadataOffset(metadataOffset)
                .setWantFence(false);
    }
}
