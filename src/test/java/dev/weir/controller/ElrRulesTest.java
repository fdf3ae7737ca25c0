package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two topics of three replicas. In "small" 1 alone is in sync; in "empty" nobody is; two must be to commit. */
class ElrRulesTest {
    private static final String MIN_ISR = "min.insync.replicas";
    private static final Uuid SMALL = new Uuid(1, 1);
    private static final Uuid EMPTY = new Uuid(1, 2);
    private static final ConfigResource ALL = new ConfigResource(Type.BROKER, "");

    private final ConfigRules rules = new FakeConfigRules();
    private final AlterConfigs configs = new AlterConfigs(rules);
    private final ClusterImage image = TestCluster.withElr(TestCluster.withTopic(
                    TestCluster.withTopic(TestCluster.ofBrokers(3), "small", SMALL, 1, 2, 3), "empty", EMPTY, 1, 2, 3))
            .apply(PartitionChangeRecord.of(SMALL, 0).withIsr(List.of(1)).withElr(List.of(2)))
            .apply(BrokerRegistrationChangeRecord.fence(2, 20))
            .apply(BrokerRegistrationChangeRecord.fence(3, 30))
            .apply(PartitionChangeRecord.of(EMPTY, 0)
                    .withLeader(-1)
                    .withIsr(List.of())
                    .withElr(List.of(2, 3))
                    .withLastKnownElr(List.of(3)));

    static Stream<Arguments> alterations() {
        return Stream.of(
                Arguments.of("1", MIN_ISR, OpType.SET, "1", Errors.INVALID_CONFIG),
                Arguments.of("1", MIN_ISR, OpType.DELETE, null, Errors.INVALID_CONFIG),
                Arguments.of("", MIN_ISR, OpType.DELETE, null, Errors.INVALID_CONFIG),
                Arguments.of("", MIN_ISR, OpType.SET, "3", Errors.NONE),
                Arguments.of("1", "retention.ms", OpType.SET, "1", Errors.NONE));
    }

    @ParameterizedTest
    @MethodSource("alterations")
    void shouldHaveOneMinIsrForAllBrokers(String broker, String name, OpType op, @Nullable String value, Errors error) {
        var result = configs.incremental(image, alter(Type.BROKER, broker, name, op, value));

        assertThat(result.response().responses().get(0).errorCode()).isEqualTo(error.code());
        assertThat(result.records().isEmpty()).isEqualTo(error != Errors.NONE);
    }

    @Test
    void shouldNotRemoveMinIsrByReplacingOtherSettings() {
        AlterConfigsRequestData nothing = new AlterConfigsRequestData();
        nothing.resources()
                .add(new AlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(Type.BROKER.id())
                        .setResourceName(""));

        var result = configs.replacing(image, nothing);

        assertThat(result.response().responses().get(0).errorCode()).isEqualTo(Errors.INVALID_CONFIG.code());
        assertThat(result.response().responses().get(0).errorMessage())
                .isEqualTo("Cluster-level min.insync.replicas cannot be removed while ELR is enabled."
                        + " Set it to another value.");
    }

    @Test
    void shouldLetBrokersDifferWithoutElr() {
        ClusterImage off = image.apply(new FeatureLevelRecord(ElrRules.FEATURE, (short) 0));

        assertThat(configs.incremental(off, alter(Type.BROKER, "1", MIN_ISR, OpType.SET, "1"))
                        .records())
                .containsExactly(new ConfigRecord(new ConfigResource(Type.BROKER, "1"), MIN_ISR, "1"));
    }

    /** Else the leader, alone, commits what those who are eligible lack. */
    @Test
    void shouldForgetWhoIsEligibleBeforeFewerAreNeededToCommit() {
        List<MetadataRecord> records = configs.incremental(image, alter(Type.BROKER, "", MIN_ISR, OpType.SET, "1"))
                .records();

        assertThat(records)
                .as("nobody leads the other topic, so nothing is committed there")
                .containsExactly(
                        PartitionChangeRecord.of(SMALL, 0).withElr(List.of()), new ConfigRecord(ALL, MIN_ISR, "1"));
    }

    @Test
    void shouldForgetOnlyInTheTopicThatIsAltered() {
        ClusterImage both =
                image.apply(PartitionChangeRecord.of(EMPTY, 0).withLeader(1).withIsr(List.of(1)));

        assertThat(configs.incremental(both, alter(Type.TOPIC, "empty", MIN_ISR, OpType.SET, "1"))
                        .records())
                .containsExactly(
                        PartitionChangeRecord.of(EMPTY, 0).withElr(List.of()),
                        new ConfigRecord(new ConfigResource(Type.TOPIC, "empty"), MIN_ISR, "1"));
        assertThat(configs.incremental(both, alter(Type.TOPIC, "small", MIN_ISR, OpType.SET, "3"))
                        .records())
                .as("whoever was eligible still is")
                .hasSize(1);
    }

    @Test
    void shouldForgetByWhatTheWholeRequestComesTo() {
        ClusterImage own = image.apply(new ConfigRecord(new ConfigResource(Type.TOPIC, "small"), MIN_ISR, "2"));
        IncrementalAlterConfigsRequestData both = alter(Type.TOPIC, "small", MIN_ISR, OpType.DELETE, null);
        alter(Type.BROKER, "", MIN_ISR, OpType.SET, "1").resources().forEach(r -> both.resources()
                .add(r.duplicate()));

        assertThat(configs.incremental(own, both).records())
                .contains(PartitionChangeRecord.of(SMALL, 0).withElr(List.of()))
                .hasSize(3);
        assertThat(configs.incremental(own, both.setValidateOnly(true)).records())
                .isEmpty();
    }

    @Test
    void shouldEndAReassignmentThatWaitedForMoreInSync() {
        ClusterImage waiting = image.apply(
                PartitionChangeRecord.of(SMALL, 0).withAdding(List.of(1)).withRemoving(List.of(3)));

        assertThat(configs.incremental(waiting, alter(Type.TOPIC, "small", MIN_ISR, OpType.SET, "1"))
                        .records())
                .contains(PartitionChangeRecord.of(SMALL, 0)
                        .withLeader(1)
                        .withElr(List.of())
                        .withReplicas(List.of(1, 2), List.of(TestCluster.dir(1), TestCluster.dir(2)))
                        .withRemoving(List.of())
                        .withAdding(List.of()));
    }

    @Test
    void shouldNeedAValueForAllBrokersAndNoneOfSingleOnes() {
        ConfigResource two = new ConfigResource(Type.BROKER, "2");
        ClusterImage without = TestCluster.ofBrokers(2).apply(new ConfigRecord(two, MIN_ISR, "2"));

        assertThat(ElrRules.whatItNeeds(rules, without))
                .containsExactly(new ConfigRecord(ALL, MIN_ISR, "1"), new ConfigRecord(two, MIN_ISR, null));
        assertThat(ElrRules.whatItNeeds(rules, image)).isEmpty();
    }

    @Test
    void shouldTakeThoseWhoAreEligibleBackWhenItIsSwitchedOff() {
        ClusterImage last = image.apply(PartitionChangeRecord.of(EMPTY, 0).withElr(List.of()));

        assertThat(ElrRules.whenSwitchedOff(image))
                .containsExactly(
                        PartitionChangeRecord.of(EMPTY, 0)
                                .withIsr(List.of(2, 3))
                                .withElr(List.of())
                                .withLastKnownElr(List.of()),
                        PartitionChangeRecord.of(SMALL, 0).withElr(List.of()));
        assertThat(ElrRules.whenSwitchedOff(last))
                .contains(PartitionChangeRecord.of(EMPTY, 0).withIsr(List.of(3)).withLastKnownElr(List.of()));
    }

    @Test
    void shouldBeginATermWithWhatAControllerBeforeHasLeftUndone() {
        ControllerCore core =
                new ControllerCore(new ControllerSettings(1, (short) 1, true, List.of()), rules, TestCluster.random(0));
        ClusterImage cut = image.apply(BrokerRegistrationChangeRecord.unfence(2, 20));

        assertThat(core.begin(cut))
                .containsExactly(PartitionChangeRecord.of(EMPTY, 0)
                        .withLeader(2)
                        .withIsr(List.of(2))
                        .withElr(List.of(3))
                        .withLastKnownElr(List.of()));
        assertThat(core.begin(image)).isEmpty();
    }

    private static IncrementalAlterConfigsRequestData alter(
            Type type, String of, String name, OpType op, @Nullable String value) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(type.id()).setResourceName(of);
        resource.configs()
                .add(new AlterableConfig()
                        .setName(name)
                        .setConfigOperation(op.id())
                        .setValue(value));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }
}
