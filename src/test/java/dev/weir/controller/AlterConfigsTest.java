package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AlterConfigsTest {
    private static final ConfigResource TOPIC = new ConfigResource(Type.TOPIC, "t");

    private final AlterConfigs configs = new AlterConfigs(new FakeConfigRules());
    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(1), "t", new Uuid(1, 1), 1)
            .apply(new ConfigRecord(TOPIC, "retention.ms", "5"));

    static Stream<Arguments> edits() {
        return Stream.of(
                Arguments.of(edit("retention.ms", OpType.SET, "6"), "6"),
                Arguments.of(edit("retention.ms", OpType.DELETE, null), null),
                Arguments.of(edit("cleanup.policy", OpType.APPEND, "compact"), "delete,compact"),
                Arguments.of(edit("cleanup.policy", OpType.APPEND, "delete"), "delete"),
                Arguments.of(edit("cleanup.policy", OpType.SUBTRACT, "delete"), ""));
    }

    @ParameterizedTest
    @MethodSource("edits")
    void shouldRecordTheValueAfterTheEdit(AlterableConfig edit, @Nullable String value) {
        ControllerResult<IncrementalAlterConfigsResponseData> result = incremental(resource(Type.TOPIC, "t", edit));

        assertThat(result.records()).containsExactly(new ConfigRecord(TOPIC, edit.name(), value));
        assertThat(error(result)).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldRecordNothingWhereAValueStays() {
        assertThat(incremental(resource(Type.TOPIC, "t", edit("retention.ms", OpType.SET, "5")))
                        .records())
                .isEmpty();
    }

    @Test
    void shouldRecordABrokersValueEvenWhereItStays() {
        ClusterImage set = image.apply(new ConfigRecord(new ConfigResource(Type.BROKER, "1"), "retention.ms", "5"));
        IncrementalAlterConfigsRequestData request =
                request(resource(Type.BROKER, "1", edit("retention.ms", OpType.SET, "5")));

        assertThat(configs.incremental(set, request).records()).hasSize(1);
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                Arguments.of(Type.TOPIC, "t", Errors.NONE),
                Arguments.of(Type.TOPIC, "nope", Errors.UNKNOWN_TOPIC_OR_PARTITION),
                Arguments.of(Type.TOPIC, "", Errors.INVALID_REQUEST),
                Arguments.of(Type.TOPIC, "a/b", Errors.INVALID_TOPIC_EXCEPTION),
                Arguments.of(Type.BROKER, "", Errors.NONE),
                Arguments.of(Type.BROKER, "1", Errors.NONE),
                Arguments.of(Type.BROKER, "2", Errors.BROKER_ID_NOT_REGISTERED),
                Arguments.of(Type.BROKER, "-1", Errors.INVALID_REQUEST),
                Arguments.of(Type.BROKER, "one", Errors.INVALID_REQUEST),
                Arguments.of(Type.GROUP, "g", Errors.NONE),
                Arguments.of(Type.GROUP, "", Errors.INVALID_REQUEST),
                Arguments.of(Type.CLIENT_METRICS, "m", Errors.NONE),
                Arguments.of(Type.CLIENT_METRICS, "", Errors.INVALID_REQUEST),
                Arguments.of(Type.BROKER_LOGGER, "1", Errors.INVALID_REQUEST),
                Arguments.of(Type.UNKNOWN, "x", Errors.INVALID_REQUEST));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void shouldAlterOnlyWhatCanHaveSettings(Type type, String name, Errors error) {
        ControllerResult<IncrementalAlterConfigsResponseData> result =
                incremental(resource(type, name, edit("retention.ms", OpType.SET, "9")));

        assertThat(error(result)).isEqualTo(error);
        assertThat(result.records()).hasSize(error == Errors.NONE ? 1 : 0);
    }

    static Stream<Arguments> badEdits() {
        return Stream.of(
                Arguments.of(edit("unknown", OpType.SET, "1"), Errors.INVALID_CONFIG),
                Arguments.of(edit("retention.ms", OpType.APPEND, "1"), Errors.INVALID_CONFIG),
                Arguments.of(edit("retention.ms", OpType.SET, "1".repeat(32_768)), Errors.INVALID_CONFIG),
                Arguments.of(edit("retention.ms", OpType.SET, null), Errors.INVALID_REQUEST),
                Arguments.of(
                        edit("retention.ms", OpType.SET, "1").setConfigOperation((byte) 9), Errors.INVALID_REQUEST));
    }

    @ParameterizedTest
    @MethodSource("badEdits")
    void shouldRefuseABadEditAndTakeTheOtherResources(AlterableConfig edit, Errors error) {
        ControllerResult<IncrementalAlterConfigsResponseData> result = incremental(
                resource(Type.TOPIC, "t", edit), resource(Type.GROUP, "g", edit("retention.ms", OpType.SET, "9")));

        assertThat(error(result)).isEqualTo(error);
        assertThat(result.response().responses().get(1).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(result.records()).hasSize(1);
    }

    @Test
    void shouldRefuseAResourceNamedTwice() {
        ControllerResult<IncrementalAlterConfigsResponseData> result = incremental(
                resource(Type.TOPIC, "t", edit("retention.ms", OpType.SET, "7")),
                resource(Type.TOPIC, "t", edit("retention.ms", OpType.SET, "8")));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().responses()).hasSize(2).allSatisfy(r -> assertThat(r.errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code()));
    }

    @Test
    void shouldRecordNothingWhenItOnlyValidates() {
        IncrementalAlterConfigsRequestData request = request(
                        resource(Type.TOPIC, "t", edit("retention.ms", OpType.SET, "7")),
                        resource(Type.TOPIC, "nope", edit("retention.ms", OpType.SET, "7")))
                .setValidateOnly(true);

        ControllerResult<IncrementalAlterConfigsResponseData> result = configs.incremental(image, request);

        assertThat(result.records()).isEmpty();
        assertThat(error(result)).isEqualTo(Errors.NONE);
        assertThat(result.response().responses().get(1).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void shouldReplaceAllSettingsInTheOldApi() {
        List<MetadataRecord> records = replace("cleanup.policy", "compact").records();

        assertThat(records)
                .containsExactly(
                        new ConfigRecord(TOPIC, "cleanup.policy", "compact"),
                        new ConfigRecord(TOPIC, "retention.ms", null));
    }

    @Test
    void shouldRefuseANullAndAnUnknownNameInTheOldApi() {
        assertThat(replace("retention.ms", null).response().responses().get(0).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(replace("unknown", "1").response().responses().get(0).errorCode())
                .isEqualTo(Errors.INVALID_CONFIG.code());
    }

    private ControllerResult<AlterConfigsResponseData> replace(String name, @Nullable String value) {
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(Type.TOPIC.id())
                .setResourceName("t");
        resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig().setName(name).setValue(value));
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(resource);
        return configs.replacing(image, request);
    }

    private ControllerResult<IncrementalAlterConfigsResponseData> incremental(AlterConfigsResource... resources) {
        return configs.incremental(image, request(resources));
    }

    private static Errors error(ControllerResult<IncrementalAlterConfigsResponseData> result) {
        return Errors.forCode(result.response().responses().get(0).errorCode());
    }

    private static IncrementalAlterConfigsRequestData request(AlterConfigsResource... resources) {
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        for (AlterConfigsResource resource : resources) {
            request.resources().add(resource);
        }
        return request;
    }

    private static AlterConfigsResource resource(Type type, String name, AlterableConfig edit) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(type.id()).setResourceName(name);
        resource.configs().add(edit.duplicate());
        return resource;
    }

    private static AlterableConfig edit(String name, OpType op, @Nullable String value) {
        return new AlterableConfig().setName(name).setConfigOperation(op.id()).setValue(value);
    }
}
