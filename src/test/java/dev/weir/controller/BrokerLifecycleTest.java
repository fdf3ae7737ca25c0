package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.UnregisterBrokerRecord;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.Feature;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.Listener;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BrokerLifecycleTest {
    private static final Uuid SHARED = new Uuid(1, 1);
    private static final Uuid ALONE = new Uuid(1, 2);

    private final BrokerLifecycle brokers = new BrokerLifecycle(new FakeConfigRules());
    private final ClusterImage image = TestCluster.withTopic(
            TestCluster.withTopic(TestCluster.ofBrokers(3), "shared", SHARED, 1, 2, 3), "alone", ALONE, 1);

    @Test
    void shouldGiveTheLeadToTheNextInSyncReplicaWhenABrokerIsFenced() {
        ControllerResult<Errors> result = brokers.fence(image, 1, 10);

        assertThat(result.records())
                .containsExactly(
                        PartitionChangeRecord.of(ALONE, 0).withLeader(-1),
                        PartitionChangeRecord.of(SHARED, 0).withLeader(2).withIsr(List.of(2, 3)),
                        BrokerRegistrationChangeRecord.fence(1, 10));
        PartitionImage shared = partition(TestCluster.apply(image, result.records()), SHARED);
        assertThat(shared.leaderEpoch()).isEqualTo(1);
        assertThat(shared.partitionEpoch()).isEqualTo(1);
    }

    @Test
    void shouldNotRaiseTheLeaderEpochWhereAFollowerIsFenced() {
        ControllerResult<Errors> result = brokers.fence(image, 3, 30);

        assertThat(result.records())
                .containsExactly(
                        PartitionChangeRecord.of(SHARED, 0).withIsr(List.of(1, 2)),
                        BrokerRegistrationChangeRecord.fence(3, 30));
    }

    @Test
    void shouldElectUncleanlyOnlyWhereTheTopicAllowsIt() {
        ClusterImage onlyOneInSync =
                image.apply(PartitionChangeRecord.of(SHARED, 0).withIsr(List.of(1)));
        ClusterImage allowed = onlyOneInSync.apply(new ConfigRecord(
                new ConfigResource(ConfigResource.Type.TOPIC, "shared"), "unclean.leader.election.enable", "true"));

        assertThat(brokers.fence(onlyOneInSync, 1, 10).records())
                .contains(PartitionChangeRecord.of(SHARED, 0).withLeader(-1));
        assertThat(brokers.fence(allowed, 1, 10).records())
                .contains(PartitionChangeRecord.of(SHARED, 0)
                        .withRecovering(true)
                        .withLeader(2)
                        .withIsr(List.of(2)));
    }

    @Test
    void shouldLeadWhatNobodyLeadsOnceUnfenced() {
        ClusterImage fenced =
                TestCluster.apply(image, brokers.fence(image, 1, 10).records());

        ControllerResult<Errors> result = brokers.unfence(fenced, 1, 10);

        assertThat(result.records())
                .containsExactly(
                        BrokerRegistrationChangeRecord.unfence(1, 10),
                        PartitionChangeRecord.of(ALONE, 0).withLeader(1));
    }

    @Test
    void shouldHandOverTheLeadWhenABrokerBeginsToStop() {
        ControllerResult<Errors> result = brokers.beginShutdown(image, 1, 10);

        assertThat(result.records())
                .containsExactly(
                        PartitionChangeRecord.of(ALONE, 0).withLeader(-1),
                        PartitionChangeRecord.of(SHARED, 0).withLeader(2).withIsr(List.of(2, 3)),
                        BrokerRegistrationChangeRecord.controlledShutdown(1, 10));
    }

    /** As after a controller that has crashed between two batches of the decision. */
    @Test
    void shouldMoveWhatIsLeftWhenABrokerHasBegunToStopAlready() {
        ClusterImage begun = image.apply(BrokerRegistrationChangeRecord.controlledShutdown(1, 10));

        assertThat(brokers.beginShutdown(begun, 1, 10).records())
                .containsExactly(
                        PartitionChangeRecord.of(ALONE, 0).withLeader(-1),
                        PartitionChangeRecord.of(SHARED, 0).withLeader(2).withIsr(List.of(2, 3)));
    }

    @Test
    void shouldNotLetABrokerLeadThatWasFencedWhileItWasLeaving() {
        ClusterImage leaving =
                TestCluster.apply(image, brokers.beginShutdown(image, 1, 10).records());
        ClusterImage fenced =
                TestCluster.apply(leaving, brokers.fence(leaving, 1, 10).records());

        assertThat(brokers.unfence(fenced, 1, 10).records())
                .containsExactly(BrokerRegistrationChangeRecord.unfence(1, 10));
    }

    @Test
    void shouldDoNothingTwice() {
        ClusterImage fenced =
                TestCluster.apply(image, brokers.fence(image, 1, 10).records());
        ClusterImage leaving =
                TestCluster.apply(image, brokers.beginShutdown(image, 1, 10).records());

        assertThat(brokers.fence(fenced, 1, 10).records()).isEmpty();
        assertThat(brokers.unfence(image, 1, 10).records()).isEmpty();
        assertThat(brokers.beginShutdown(leaving, 1, 10).records()).isEmpty();
    }

    @Test
    void shouldRefuseAnOldEpochAndAnUnknownBroker() {
        assertThat(brokers.fence(image, 1, 9).response()).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(brokers.unfence(image, 7, 70).response()).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(brokers.beginShutdown(image, 1, 11).response()).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(brokers.unregister(image, 7).response()).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void shouldUnregisterABrokerAfterTakingItOutOfTheIsr() {
        assertThat(brokers.unregister(image, 3).records())
                .containsExactly(
                        PartitionChangeRecord.of(SHARED, 0).withIsr(List.of(1, 2)), new UnregisterBrokerRecord(3, 30));
    }

    @Test
    void shouldRegisterANewBrokerFencedWithTheOffsetAsItsEpoch() {
        ControllerResult<BrokerRegistrationResponseData> result =
                brokers.register(image, registration(4, new Uuid(8, 8)), 77, false);

        BrokerImage broker =
                TestCluster.apply(image, result.records()).broker(4).orElseThrow();
        assertThat(result.response().brokerEpoch()).isEqualTo(77);
        assertThat(broker.epoch()).isEqualTo(77);
        assertThat(broker.fenced()).isTrue();
        assertThat(broker.endpoint("PLAINTEXT").orElseThrow().port()).isEqualTo(9094);
    }

    @Test
    void shouldTakeTheLeadFromAnOldIncarnationThatComesBackAnew() {
        ControllerResult<BrokerRegistrationResponseData> result =
                brokers.register(image, registration(1, new Uuid(8, 8)), 77, false);

        assertThat(result.records())
                .hasSize(3)
                .contains(PartitionChangeRecord.of(ALONE, 0).withLeader(-1));
        assertThat(result.records().get(2)).isInstanceOf(RegisterBrokerRecord.class);
        assertThat(result.response().brokerEpoch())
                .as("the offset of its own record, behind what it loses")
                .isEqualTo(79);
    }

    @Test
    void shouldNotMakeARestartedBrokerWaitForItsOldSession() {
        BrokerRegistrationRequestData again = registration(1, new Uuid(8, 8)).setLogDirs(List.of(TestCluster.dir(1)));
        again.listeners().forEach(listener -> listener.setHost("localhost").setPort(9092));

        assertThat(brokers.register(image, again, 77, true).response().errorCode())
                .isEqualTo(Errors.NONE.code());
        again.setLogDirs(List.of(new Uuid(8, 9)));
        assertThat(brokers.register(image, again, 77, true).response().errorCode())
                .isEqualTo(Errors.DUPLICATE_BROKER_REGISTRATION.code());
    }

    @Test
    void shouldKeepEpochAndStateOfAnIncarnationThatRegistersAgain() {
        ControllerResult<BrokerRegistrationResponseData> result =
                brokers.register(image, registration(1, new Uuid(7, 1)), 77, true);

        assertThat(result.response().brokerEpoch()).isEqualTo(10);
        assertThat(TestCluster.apply(image, result.records()).isActive(1)).isTrue();
        assertThat(result.records()).hasSize(1);
    }

    static Stream<Arguments> badRegistrations() {
        Uuid fresh = new Uuid(8, 8);
        return Stream.of(
                Arguments.of(registration(1, fresh), Errors.DUPLICATE_BROKER_REGISTRATION),
                Arguments.of(registration(4, fresh).setClusterId("other"), Errors.INCONSISTENT_CLUSTER_ID),
                Arguments.of(registration(4, fresh).setLogDirs(List.of()), Errors.INVALID_REGISTRATION),
                Arguments.of(registration(4, fresh).setLogDirs(List.of(new Uuid(0, 2))), Errors.INVALID_REGISTRATION),
                Arguments.of(registration(4, fresh).setLogDirs(List.of(fresh, fresh)), Errors.INVALID_REGISTRATION),
                Arguments.of(
                        registration(4, fresh).setLogDirs(List.of(TestCluster.dir(2))), Errors.INVALID_REGISTRATION));
    }

    @ParameterizedTest
    @MethodSource("badRegistrations")
    void shouldRefuseARegistration(BrokerRegistrationRequestData request, Errors error) {
        ControllerResult<BrokerRegistrationResponseData> result = brokers.register(image, request, 77, true);

        assertThat(result.records()).isEmpty();
        assertThat(result.response().errorCode()).isEqualTo(error.code());
    }

    static Stream<Arguments> rangesAndLevels() {
        return Stream.of(
                Arguments.of("metadata.version", 26, feature("group.version", 0, 1), Errors.UNSUPPORTED_VERSION),
                Arguments.of("metadata.version", 6, feature("group.version", 0, 1), Errors.UNSUPPORTED_VERSION),
                Arguments.of("group.version", 1, feature("other.version", 0, 1), Errors.UNSUPPORTED_VERSION),
                Arguments.of("group.version", 1, feature("group.version", 0, 0), Errors.UNSUPPORTED_VERSION),
                Arguments.of("group.version", 0, feature("group.version", 1, 2), Errors.UNSUPPORTED_VERSION),
                Arguments.of("group.version", 1, feature("group.version", 0, 1), Errors.NONE),
                Arguments.of("group.version", 0, feature("other.version", 0, 9), Errors.NONE));
    }

    @ParameterizedTest
    @MethodSource("rangesAndLevels")
    void shouldRefuseABrokerThatCannotRunAtTheClustersLevels(String name, int level, Feature range, Errors error) {
        ClusterImage running = image.apply(new FeatureLevelRecord(name, (short) level));
        BrokerRegistrationRequestData request = registration(4, new Uuid(8, 8));
        request.features().add(range);

        assertThat(brokers.register(running, request, 77, false).response().errorCode())
                .isEqualTo(error.code());
    }

    @Test
    void shouldRefuseABrokerThatNamesNoMetadataVersion() {
        BrokerRegistrationRequestData request = registration(4, new Uuid(8, 8));
        request.features().clear();

        assertThat(brokers.register(image, request, 77, false).response().errorCode())
                .isEqualTo(Errors.INVALID_REGISTRATION.code());
    }

    private static Feature feature(String name, int min, int max) {
        return new Feature().setName(name).setMinSupportedVersion((short) min).setMaxSupportedVersion((short) max);
    }

    @Test
    void shouldLetTheOnlyBrokerLeadOnInANewEpoch() {
        ClusterImage one = TestCluster.withTopic(TestCluster.ofBrokers(1), "alone", ALONE, 1);

        ControllerResult<BrokerRegistrationResponseData> result =
                brokers.registerOnly(one, registration(1, new Uuid(8, 8)), 77);

        ClusterImage after = TestCluster.apply(one, result.records());
        assertThat(result.records()).hasSize(2);
        assertThat(after.isActive(1)).isTrue();
        assertThat(partition(after, ALONE).leader()).isEqualTo(1);
        assertThat(partition(after, ALONE).leaderEpoch()).isEqualTo(1);
    }

    /** Nothing is written at a start for what is as it was. */
    @Test
    void shouldLetNobodyLeadWhileTheDirectoryIsGoneAndTheBrokerAgainOnceItIsBack() {
        ClusterImage there = TestCluster.withTopic(TestCluster.ofBrokers(1), "alone", ALONE, 1);
        Uuid other = new Uuid(500, 9);

        var gone = brokers.registerOnly(there, registration(1, new Uuid(8, 1)).setLogDirs(List.of(other)), 77);
        ClusterImage without = TestCluster.apply(there, gone.records());
        var still =
                brokers.registerOnly(without, registration(1, new Uuid(8, 2)).setLogDirs(List.of(other)), 88);
        var back = brokers.registerOnly(without, registration(1, new Uuid(8, 3)), 99);

        assertThat(gone.records()).contains(PartitionChangeRecord.of(ALONE, 0).withLeader(-1));
        assertThat(partition(without, ALONE).isr()).containsExactly(1);
        assertThat(still.records()).hasSize(1);
        assertThat(partition(TestCluster.apply(without, back.records()), ALONE))
                .matches(partition -> partition.leader() == 1 && partition.leaderEpoch() == 2);
    }

    @Test
    void shouldNotLeadOnceUnfencedWhatIsLost() {
        ClusterImage lost = image.apply(
                PartitionChangeRecord.of(ALONE, 0).withLeader(-1).withDirectories(List.of(DirectoryId.LOST)));
        ClusterImage fenced = TestCluster.apply(lost, brokers.fence(lost, 1, 10).records());

        assertThat(brokers.unfence(fenced, 1, 10).records())
                .containsExactly(BrokerRegistrationChangeRecord.unfence(1, 10));
    }

    @Test
    void shouldNotHandTheLeadToAReplicaThatIsLost() {
        ClusterImage lost = image.apply(PartitionChangeRecord.of(SHARED, 0)
                .withDirectories(List.of(TestCluster.dir(1), DirectoryId.LOST, TestCluster.dir(3))));

        assertThat(brokers.fence(lost, 1, 10).records())
                .contains(PartitionChangeRecord.of(SHARED, 0).withLeader(3).withIsr(List.of(2, 3)));
    }

    @Test
    void shouldKeepABrokerEligibleToLeadAfterACleanStop() {
        ClusterImage elr = TestCluster.withElr(image);
        ClusterImage stopped = TestCluster.apply(elr, brokers.fence(elr, 1, 10).records());

        ClusterImage back = TestCluster.apply(
                stopped,
                brokers.register(stopped, registration(1, new Uuid(8, 8)).setPreviousBrokerEpoch(10), 77, false)
                        .records());

        assertThat(partition(stopped, ALONE)).matches(alone -> alone.isr().isEmpty() && !alone.hasLeader());
        assertThat(partition(back, ALONE).elr()).containsExactly(1);
        assertThat(brokers.unfence(back, 1, 77).records())
                .containsExactly(
                        BrokerRegistrationChangeRecord.unfence(1, 77),
                        PartitionChangeRecord.of(ALONE, 0)
                                .withLeader(1)
                                .withIsr(List.of(1))
                                .withElr(List.of())
                                .withLastKnownElr(List.of()));
    }

    @Test
    void shouldTakeTheSeatOfABrokerThatWasNotStoppedCleanly() {
        ClusterImage elr = TestCluster.withElr(image);
        ClusterImage stopped = TestCluster.apply(elr, brokers.fence(elr, 1, 10).records());

        var again = brokers.register(stopped, registration(1, new Uuid(8, 8)).setPreviousBrokerEpoch(9), 77, false);

        assertThat(again.records())
                .hasSize(2)
                .contains(PartitionChangeRecord.of(ALONE, 0).withElr(List.of()));
        ClusterImage back = TestCluster.apply(stopped, again.records());
        assertThat(partition(back, ALONE).lastKnownElr()).containsExactly(1);
        assertThat(brokers.unfence(back, 1, 78).records())
                .as("the last leader, though it may have lost records, is the best that there is")
                .contains(PartitionChangeRecord.of(ALONE, 0)
                        .withLeader(1)
                        .withIsr(List.of(1))
                        .withRecovering(true)
                        .withLastKnownElr(List.of()));
    }

    /** Else the leader would give the offsets that it has lost to other records, in the same epoch. */
    @Test
    void shouldEndTheLeaderEpochOfALeaderThatIsBackBeforeAnybodyHasMissedIt() {
        ClusterImage elr = TestCluster.withElr(image)
                .apply(PartitionChangeRecord.of(SHARED, 0).withIsr(List.of(1)).withElr(List.of(2)));

        var again = brokers.register(elr, registration(1, new Uuid(8, 8)), 77, false);

        assertThat(again.records())
                .contains(
                        PartitionChangeRecord.of(SHARED, 0)
                                .withLeader(2)
                                .withIsr(List.of(2))
                                .withElr(List.of()),
                        PartitionChangeRecord.of(ALONE, 0)
                                .withLeader(-1)
                                .withIsr(List.of())
                                .withLastKnownElr(List.of(1)));
        assertThat(partition(TestCluster.apply(elr, again.records()), ALONE).leaderEpoch())
                .isEqualTo(1);
    }

    @Test
    void shouldNotLetTheOnlyVoterLeadOnWhatOthersHaveMoreOf() {
        ClusterImage elr = TestCluster.withElr(image);

        var unclean = brokers.registerOnly(elr, registration(1, new Uuid(8, 8)), 77);
        var clean = brokers.registerOnly(elr, registration(1, new Uuid(8, 8)).setPreviousBrokerEpoch(10), 77);

        assertThat(partition(TestCluster.apply(elr, unclean.records()), SHARED))
                .matches(shared -> shared.leader() == 2 && shared.isr().equals(List.of(2, 3)));
        assertThat(partition(TestCluster.apply(elr, unclean.records()), ALONE))
                .matches(alone -> alone.leader() == 1 && alone.leaderEpoch() == 1 && !alone.recovering());
        assertThat(partition(TestCluster.apply(elr, clean.records()), SHARED))
                .matches(shared -> shared.leader() == 1 && shared.leaderEpoch() == 1);
    }

    @Test
    void shouldNotWaitForABrokerThatIsGoneForGood() {
        ClusterImage elr = TestCluster.withElr(image)
                .apply(PartitionChangeRecord.of(SHARED, 0).withIsr(List.of(2)).withElr(List.of(1, 3)));

        ClusterImage gone = TestCluster.apply(elr, brokers.unregister(elr, 1).records());

        assertThat(partition(gone, SHARED).elr()).containsExactly(3);
    }

    private static PartitionImage partition(ClusterImage image, Uuid topic) {
        return image.topics().partition(topic, 0).orElseThrow();
    }

    private static BrokerRegistrationRequestData registration(int id, Uuid incarnation) {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(id)
                .setClusterId(TestCluster.CLUSTER_ID)
                .setIncarnationId(incarnation)
                .setLogDirs(List.of(TestCluster.dir(id)));
        request.listeners()
                .add(new Listener().setName("PLAINTEXT").setHost("localhost").setPort(9090 + id));
        request.features().add(feature("metadata.version", 7, 25));
        request.features().add(feature(ElrRules.FEATURE, 0, 1));
        return request;
    }
}
