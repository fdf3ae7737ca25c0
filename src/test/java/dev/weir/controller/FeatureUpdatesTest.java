package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.FeatureRange;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import java.util.List;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureUpdatesTest {
    private static final List<FeatureRange> HERE = Feature.allSupported();
    private static final String METADATA = "metadata.version";
    private static final String GROUP = "group.version";
    private static final String KRAFT = "kraft.version";
    private static final String ELR = "eligible.leader.replicas.version";

    private final FeatureUpdates updates = new FeatureUpdates(HERE, new FakeConfigRules());
    private final ClusterImage image = cluster(27, 1, 1).apply(broker(1, HERE)).apply(broker(2, HERE));

    @Test
    void shouldRaiseALevel() {
        ControllerResult<UpdateFeaturesResponseData> result = update(request(METADATA, 29, UpgradeType.UPGRADE));

        assertThat(result.records()).containsExactly(new FeatureLevelRecord(METADATA, (short) 29));
        assertThat(result.response()).isEqualTo(new UpdateFeaturesResponseData());
    }

    @Test
    void shouldOnlySayWhatWouldHappenIfItOnlyValidates() {
        UpdateFeaturesRequestData request =
                request(METADATA, 29, UpgradeType.UPGRADE).setValidateOnly(true);

        ControllerResult<UpdateFeaturesResponseData> result = update(request);

        assertThat(result.records()).isEmpty();
        assertThat(result.response()).isEqualTo(new UpdateFeaturesResponseData());
    }

    @ParameterizedTest
    @CsvSource({"SAFE_DOWNGRADE", "UNSAFE_DOWNGRADE"})
    void shouldLowerALevelThatLosesNothing(UpgradeType type) {
        assertThat(update(request(METADATA, 23, type)).records())
                .containsExactly(new FeatureLevelRecord(METADATA, (short) 23));
        assertThat(update(request(GROUP, 0, type)).records()).containsExactly(new FeatureLevelRecord(GROUP, (short) 0));
    }

    @Test
    void shouldChangeNothingIfTheLevelIsThatAlready() {
        ControllerResult<UpdateFeaturesResponseData> result = update(request(KRAFT, 1, UpgradeType.UPGRADE));

        assertThat(result.records()).isEmpty();
        assertThat(result.response()).isEqualTo(new UpdateFeaturesResponseData());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metadata.version | 29 | UNKNOWN          | does not support the given upgrade type",
                "metadata.version | -1 | UPGRADE          | cannot be less than 0",
                "metadata.version | 30 | UPGRADE          | The controller only supports versions 17 to 29",
                "metadata.version | 16 | SAFE_DOWNGRADE   | The controller only supports versions 17 to 29",
                "share.version    | 1  | UPGRADE          | The controller does not support this feature",
                "metadata.version | 25 | UPGRADE          | without setting the upgrade type",
                "metadata.version | 29 | SAFE_DOWNGRADE   | Can't downgrade to a newer version",
                "metadata.version | 22 | SAFE_DOWNGRADE   | might delete metadata information",
                "metadata.version | 22 | UNSAFE_DOWNGRADE | Unsafe metadata downgrade is not supported",
                "kraft.version    | 0  | UNSAFE_DOWNGRADE | Can't downgrade the version of this feature"
            })
    void shouldRefuseWhatKafkaRefuses(String feature, short level, UpgradeType type, String why) {
        ControllerResult<UpdateFeaturesResponseData> result = update(request(feature, level, type));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().errorCode()).isEqualTo(Errors.INVALID_UPDATE_VERSION.code());
        assertThat(result.response().errorMessage())
                .contains("Invalid update version " + level + " for feature " + feature, why);
    }

    @Test
    void shouldNameTheBrokerThatCannotRunAtTheLevel() {
        ClusterImage mixed = image.apply(broker(7, List.of(new FeatureRange(METADATA, (short) 17, (short) 27))));

        assertThat(message(mixed, request(METADATA, 29, UpgradeType.UPGRADE)))
                .contains("Broker 7 only supports versions 17 to 27");
        assertThat(message(mixed, request(GROUP, 1, UpgradeType.UPGRADE)))
                .contains("Broker 7 does not support this feature");
    }

    @Test
    void shouldWaitForAVoterThatHasNotRegistered() {
        UpdateFeaturesRequestData request = request(METADATA, 29, UpgradeType.UPGRADE);

        ControllerResult<UpdateFeaturesResponseData> result = updates.update(image, request, List.of(1, 2, 3));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().errorMessage()).contains("Voter 3 has not registered");
    }

    @Test
    void shouldChangeAllOrNothing() {
        UpdateFeaturesRequestData request = request(METADATA, 29, UpgradeType.UPGRADE);
        add(request, "share.version", 1, UpgradeType.UPGRADE);

        ControllerResult<UpdateFeaturesResponseData> result = update(request);

        assertThat(result.records()).isEmpty();
        assertThat(result.response().errorMessage()).contains("failed for all features", "share.version");
    }

    @Test
    void shouldAgreeOnMinIsrBeforeWhoIsEligibleToLeadIsTracked() {
        assertThat(update(request(ELR, 1, UpgradeType.UPGRADE)).records())
                .containsExactly(
                        new ConfigRecord(
                                new ConfigResource(ConfigResource.Type.BROKER, ""), "min.insync.replicas", "1"),
                        new FeatureLevelRecord(ELR, (short) 1));
    }

    @Test
    void shouldTakeThoseWhoAreEligibleToLeadBackBeforeNobodyTracksThem() {
        Uuid id = new Uuid(1, 1);
        ClusterImage tracked = TestCluster.withElr(TestCluster.withTopic(image, "t", id, 1, 2))
                .apply(PartitionChangeRecord.of(id, 0)
                        .withLeader(-1)
                        .withIsr(List.of())
                        .withElr(List.of(2)));

        assertThat(updates.update(tracked, request(ELR, 0, UpgradeType.SAFE_DOWNGRADE), List.of(1, 2))
                        .records())
                .containsExactly(
                        PartitionChangeRecord.of(id, 0).withIsr(List.of(2)).withElr(List.of()),
                        new FeatureLevelRecord(ELR, (short) 0));
    }

    @Test
    void shouldRefuseWhatTheRecordsOfTheClusterHaveNoPlaceFor() {
        ClusterImage old = cluster(22, 1, 1).apply(broker(1, HERE)).apply(broker(2, HERE));
        UpdateFeaturesRequestData both = request(ELR, 1, UpgradeType.UPGRADE);
        add(both, METADATA, 23, UpgradeType.UPGRADE);

        assertThat(message(old, request(ELR, 1, UpgradeType.UPGRADE)))
                .contains("It depends on metadata.version level 23");
        assertThat(updates.update(old, both, List.of(1, 2)).response().errorCode())
                .isEqualTo(Errors.NONE.code());
    }

    @Test
    void shouldLeaveTheVersionOfTheQuorumToItsLeader() {
        ClusterImage unpinned = cluster(27, 1, 0).apply(broker(1, HERE)).apply(broker(2, HERE));

        assertThat(message(unpinned, request(KRAFT, 1, UpgradeType.UPGRADE)))
                .contains("The leader raises it by itself");
    }

    private ControllerResult<UpdateFeaturesResponseData> update(UpdateFeaturesRequestData request) {
        return updates.update(image, request, List.of(1, 2));
    }

    private String message(ClusterImage of, UpdateFeaturesRequestData request) {
        return String.valueOf(
                updates.update(of, request, List.of(1, 2)).response().errorMessage());
    }

    private static UpdateFeaturesRequestData request(String feature, int level, UpgradeType type) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        add(request, feature, level, type);
        return request;
    }

    private static void add(UpdateFeaturesRequestData request, String feature, int level, UpgradeType type) {
        request.featureUpdates()
                .add(new FeatureUpdateKey()
                        .setFeature(feature)
                        .setMaxVersionLevel((short) level)
                        .setUpgradeType(type.code()));
    }

    private static ClusterImage cluster(int metadata, int group, int kraft) {
        return ClusterImage.empty("cluster")
                .apply(new FeatureLevelRecord(METADATA, (short) metadata))
                .apply(new FeatureLevelRecord(GROUP, (short) group))
                .apply(new FeatureLevelRecord(KRAFT, (short) kraft));
    }

    private static RegisterBrokerRecord broker(int id, List<FeatureRange> features) {
        return new RegisterBrokerRecord(
                id,
                new Uuid(7L, id),
                id * 10L,
                List.of(new Endpoint("PLAINTEXT", "localhost", 9092, SecurityProtocol.PLAINTEXT)),
                features,
                null,
                false,
                false,
                List.of(TestCluster.dir(id)));
    }
}
