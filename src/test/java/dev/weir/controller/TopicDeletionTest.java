package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.RemoveTopicRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class TopicDeletionTest {
    private static final Uuid A = new Uuid(1, 1);
    private static final Uuid B = new Uuid(1, 2);
    private static final Uuid UNKNOWN = new Uuid(1, 3);

    private final TopicDeletion deletion = new TopicDeletion(TestCluster.SETTINGS);
    private final ClusterImage image =
            TestCluster.withTopic(TestCluster.withTopic(TestCluster.ofBrokers(1), "a", A, 1), "b", B, 1);

    @Test
    void shouldDeleteByNameInOldVersionsOfTheApi() {
        ControllerResult<DeleteTopicsResponseData> result =
                deletion.delete(image, new DeleteTopicsRequestData().setTopicNames(List.of("a", "nope")));

        assertThat(result.records()).containsExactly(new RemoveTopicRecord(A));
        assertThat(result.response().responses())
                .containsExactlyInAnyOrder(
                        answer("a", A, Errors.NONE), answer("nope", Uuid.ZERO_UUID, Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }

    @Test
    void shouldDeleteByNameAndById() {
        ControllerResult<DeleteTopicsResponseData> result = delete(byName("a"), byId(B), byId(UNKNOWN));

        assertThat(result.records()).containsExactlyInAnyOrder(new RemoveTopicRecord(A), new RemoveTopicRecord(B));
        assertThat(result.response().responses())
                .containsExactlyInAnyOrder(
                        answer("a", A, Errors.NONE),
                        answer("b", B, Errors.NONE),
                        answer(null, UNKNOWN, Errors.UNKNOWN_TOPIC_ID));
    }

    @Test
    void shouldRefuseWhatIsNamedTwice() {
        ControllerResult<DeleteTopicsResponseData> result =
                delete(byName("a"), byName("a"), byName("a"), byId(B), byId(B));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().responses())
                .extracting(DeletableTopicResult::errorCode)
                .containsExactly(Errors.INVALID_REQUEST.code(), Errors.INVALID_REQUEST.code());
    }

    @Test
    void shouldRefuseANameWhoseIdIsGivenToo() {
        ControllerResult<DeleteTopicsResponseData> result = delete(byName("a"), byId(A), byName("b"));

        assertThat(result.records()).containsExactly(new RemoveTopicRecord(B));
        assertThat(result.response().responses())
                .extracting(DeletableTopicResult::name, DeletableTopicResult::errorCode)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("a", Errors.INVALID_REQUEST.code()),
                        org.assertj.core.groups.Tuple.tuple("b", Errors.NONE.code()));
    }

    @Test
    void shouldRefuseNeitherAndBothOfNameAndId() {
        ControllerResult<DeleteTopicsResponseData> result = delete(
                new DeleteTopicState().setName(null),
                new DeleteTopicState().setName("a").setTopicId(A));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().responses()).hasSize(2).allSatisfy(r -> assertThat(r.errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code()));
    }

    @Test
    void shouldDeleteNothingWhereDeletionIsSwitchedOff() {
        TopicDeletion off = new TopicDeletion(new ControllerSettings(1, (short) 1, false, List.of()));

        ControllerResult<DeleteTopicsResponseData> result =
                off.delete(image, new DeleteTopicsRequestData().setTopicNames(List.of("a")));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().responses().find("a").errorCode())
                .isEqualTo(Errors.TOPIC_DELETION_DISABLED.code());
    }

    private ControllerResult<DeleteTopicsResponseData> delete(DeleteTopicState... topics) {
        return deletion.delete(image, new DeleteTopicsRequestData().setTopics(List.of(topics)));
    }

    private static DeleteTopicState byName(String name) {
        return new DeleteTopicState().setName(name);
    }

    private static DeleteTopicState byId(Uuid id) {
        return new DeleteTopicState().setName(null).setTopicId(id);
    }

    private static DeletableTopicResult answer(@org.jspecify.annotations.Nullable String name, Uuid id, Errors error) {
        return new DeletableTopicResult()
                .setName(name)
                .setTopicId(id)
                .setErrorCode(error.code())
                .setErrorMessage(
                        error == Errors.NONE ? null : new org.apache.kafka.common.requests.ApiError(error).message());
    }
}
