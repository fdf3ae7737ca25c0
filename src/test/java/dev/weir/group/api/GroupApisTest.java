package dev.weir.group.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.ClassicRequests;
import dev.weir.group.core.GroupCall;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every group request in every version can be refused as a whole, in bytes that its client can read, and is known as refused. */
class GroupApisTest {

    static Stream<GroupCall> calls() {
        return Stream.<ApiMessage>of(
                        ClassicRequests.join("", "range"),
                        ClassicRequests.sync("m", 1, java.util.Map.of()),
                        ClassicRequests.heartbeat("m", 1),
                        new LeaveGroupRequestData().setGroupId("g"),
                        ClassicRequests.commit("", -1, "t", 0, 1),
                        new OffsetFetchRequestData(),
                        new OffsetDeleteRequestData().setGroupId("g"),
                        new TxnOffsetCommitRequestData().setGroupId("g"),
                        new ListGroupsRequestData(),
                        new DescribeGroupsRequestData().setGroups(List.of("g")),
                        new DeleteGroupsRequestData().setGroupsNames(List.of("g")),
                        new ConsumerGroupHeartbeatRequestData().setGroupId("g"),
                        new ConsumerGroupDescribeRequestData().setGroupIds(List.of("g")))
                .flatMap(request -> {
                    ApiKeys api = ApiKeys.forId(request.apiKey());
                    return IntStream.rangeClosed(api.oldestVersion(), api.latestVersion())
                            .mapToObj(v -> new GroupCall(1, forVersion(request, v), (short) v, "c", "/h"));
                });
    }

    private static ApiMessage forVersion(ApiMessage request, int version) {
        if (request instanceof OffsetFetchRequestData) {
            return version < 8
                    ? new OffsetFetchRequestData().setGroupId("g").setTopics(List.of())
                    : new OffsetFetchRequestData()
                            .setGroups(List.of(new OffsetFetchRequestGroup()
                                    .setGroupId("g")
                                    .setTopics(null)));
        }
        return request;
    }

    @ParameterizedTest
    @MethodSource("calls")
    void shouldRefuse(GroupCall call) {
        // given
        ApiKeys api = ApiKeys.forId(call.request().apiKey());

        // when
        ApiMessage answer = GroupApis.refuse(call, Errors.NOT_COORDINATOR);

        // then: as the client reads it, unless the version has no place for an error without partitions
        var read = AbstractResponse.parseResponse(
                api, MessageUtil.toByteBufferAccessor(answer, call.apiVersion()), call.apiVersion());
        boolean empty = (api == ApiKeys.OFFSET_FETCH && call.apiVersion() < 2) || api == ApiKeys.TXN_OFFSET_COMMIT;
        assertThat(read.errorCounts().keySet())
                .isEqualTo(empty ? read.errorCounts().keySet() : java.util.Set.of(Errors.NOT_COORDINATOR));
        if (api != ApiKeys.TXN_OFFSET_COMMIT) {
            assertThat(GroupApis.refusal(answer, call.apiVersion()))
                    .isEqualTo(empty ? Errors.NONE : Errors.NOT_COORDINATOR);
        }
    }

    static Stream<Arguments> partlyRefused() {
        return Stream.of(
                Arguments.of(new LeaveGroupResponseData()
                        .setMembers(List.of(new MemberResponse().setErrorCode(Errors.UNKNOWN_MEMBER_ID.code())))),
                Arguments.of(new DeleteGroupsResponseData()
                        .setResults(new DeletableGroupResultCollection(List.of(
                                        new DeletableGroupResult().setGroupId("a"),
                                        new DeletableGroupResult()
                                                .setGroupId("b")
                                                .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()))
                                .iterator()))),
                Arguments.of(new DescribeGroupsResponseData()));
    }

    @ParameterizedTest
    @MethodSource("partlyRefused")
    void shouldNotTakeAnAnswerForARefusalWhereAPartIsServedOrNothingWasAsked(ApiMessage answer) {
        assertThat(GroupApis.refusal(answer, ApiKeys.forId(answer.apiKey()).latestVersion()))
                .isEqualTo(Errors.NONE);
    }
}
