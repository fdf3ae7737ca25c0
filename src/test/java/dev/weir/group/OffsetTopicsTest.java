package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster with one topic, {@code known}, of two partitions. */
class OffsetTopicsTest {
    private static final Uuid KNOWN = new Uuid(1, 1);
    private static final Uuid UNKNOWN = new Uuid(2, 2);
    private final ClusterImage image = ClusterImage.empty("cluster")
            .apply(new TopicRecord("known", KNOWN))
            .apply(partition(0))
            .apply(partition(1));

    @ParameterizedTest
    @ValueSource(shorts = {2, 9, 10})
    void shouldRefuseCommitsToWhatIsNotThereAndSendTheRest(short apiVersion) {
        // given
        boolean byId = apiVersion >= 10;
        var request = new OffsetCommitRequestData()
                .setGroupId("g")
                .setTopics(List.of(
                        topic(byId ? "" : "known", byId ? KNOWN : Uuid.ZERO_UUID, 0, 7),
                        topic(byId ? "" : "gone", byId ? UNKNOWN : Uuid.ZERO_UUID, 0)));

        // when
        OffsetTopics.Commit parted = OffsetTopics.part(request, apiVersion, image);
        OffsetCommitResponseData answer = parted.answer(accepted(parted.request()));

        // then
        assertThat(parted.request().topics()).singleElement().satisfies(topic -> {
            assertThat(topic.name()).isEqualTo("known");
            assertThat(topic.topicId()).isEqualTo(KNOWN);
            assertThat(topic.partitions()).hasSize(1);
        });
        assertThat(answer.topics().stream()
                        .flatMap(t -> t.partitions().stream()
                                .map(p -> (byId ? t.topicId() : t.name()) + "-" + p.partitionIndex() + ":"
                                        + Errors.forCode(p.errorCode())))
                        .toList())
                .containsExactly(
                        (byId ? KNOWN : "known") + "-0:NONE",
                        (byId ? KNOWN : "known") + "-7:UNKNOWN_TOPIC_OR_PARTITION",
                        byId ? UNKNOWN + "-0:UNKNOWN_TOPIC_ID" : "gone-0:UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(MessageUtil.toByteBufferAccessor(answer, apiVersion)).isNotNull();
    }

    @Test
    void shouldRefuseToDeleteOffsetsOfTopicsThatAreNotThere() {
        var request = new OffsetDeleteRequestData().setGroupId("g");
        request.topics().add(deletion("known"));
        request.topics().add(deletion("gone"));

        OffsetTopics.Delete parted = OffsetTopics.part(request, image);
        OffsetDeleteResponseData answer = parted.answer(new OffsetDeleteResponseData());

        assertThat(parted.request().topics()).singleElement().satisfies(t -> assertThat(t.name())
                .isEqualTo("known"));
        assertThat(answer.topics()).singleElement().satisfies(t -> {
            assertThat(t.name()).isEqualTo("gone");
            assertThat(Errors.forCode(t.partitions().find(0).errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        });
    }

    @Test
    void shouldFetchByIdWithTheNamesFilledIn() {
        // given
        var request = fetch(List.of(asked(KNOWN), asked(UNKNOWN)));

        // when
        OffsetFetchRequestData named = OffsetFetchTopics.named(request, (short) 10, image);
        var answer = OffsetFetchTopics.identified(request, (short) 10, image, answer(found("known", KNOWN)));

        // then
        assertThat(named.groups().get(0).topics()).singleElement().satisfies(t -> assertThat(t.name())
                .isEqualTo("known"));
        assertThat(request.groups().get(0).topics()).hasSize(2);
        assertThat(answer.groups().get(0).topics())
                .extracting(t ->
                        t.topicId() + ":" + Errors.forCode(t.partitions().get(0).errorCode()))
                .containsExactly(KNOWN + ":NONE", UNKNOWN + ":UNKNOWN_TOPIC_ID");
    }

    @Test
    void shouldShowAllOffsetsByIdButThoseOfDeletedTopics() {
        var request = fetch(null);

        var answer = OffsetFetchTopics.identified(
                request,
                (short) 10,
                image,
                answer(found("known", Uuid.ZERO_UUID), found("gone", Uuid.ZERO_UUID), found("other", UNKNOWN)));

        assertThat(answer.groups().get(0).topics())
                .extracting(OffsetFetchResponseTopics::topicId)
                .containsExactly(KNOWN, UNKNOWN);
    }

    private static PartitionRecord partition(int index) {
        return new PartitionRecord(
                KNOWN, index, List.of(1), List.of(1), List.of(), List.of(), 1, 0, 0, List.of(new Uuid(9, 9)), false);
    }

    private static OffsetCommitRequestTopic topic(String name, Uuid id, int... partitions) {
        return new OffsetCommitRequestTopic()
                .setName(name)
                .setTopicId(id)
                .setPartitions(java.util.Arrays.stream(partitions)
                        .mapToObj(p -> new OffsetCommitRequestPartition().setPartitionIndex(p))
                        .toList());
    }

    private static OffsetCommitResponseData accepted(OffsetCommitRequestData request) {
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic own =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            topic.partitions().forEach(p -> own.partitions()
                    .add(new OffsetCommitResponsePartition().setPartitionIndex(p.partitionIndex())));
            answer.topics().add(own);
        }
        return answer;
    }

    private static OffsetDeleteRequestTopic deletion(String name) {
        return new OffsetDeleteRequestTopic()
                .setName(name)
                .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0)));
    }

    private static OffsetFetchRequestTopics asked(Uuid id) {
        return new OffsetFetchRequestTopics().setTopicId(id).setPartitionIndexes(List.of(0));
    }

    private static OffsetFetchRequestData fetch(
            @org.jspecify.annotations.Nullable List<OffsetFetchRequestTopics> topics) {
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId("g")
                        .setTopics(topics == null ? null : new java.util.ArrayList<>(topics))));
    }

    private static OffsetFetchResponseTopics found(String name, Uuid id) {
        return new OffsetFetchResponseTopics()
                .setName(name)
                .setTopicId(id)
                .setPartitions(List.of(new OffsetFetchResponsePartitions().setCommittedOffset(3)));
    }

    private static OffsetFetchResponseData answer(OffsetFetchResponseTopics... topics) {
        return new OffsetFetchResponseData()
                .setGroups(
                        List.of(new OffsetFetchResponseGroup().setGroupId("g").setTopics(List.of(topics))));
    }
}
