package dev.weir.group.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.GroupClient;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups spread by the length of their names. */
class GroupBatchTest {

    @Test
    void shouldAskEachCoordinatorOnceForItsGroups() {
        var request = new DescribeGroupsRequestData()
                .setGroups(List.of("a", "bb", "c", "a"))
                .setIncludeAuthorizedOperations(true);

        GroupBatch batch = GroupBatch.of(request, String::length);
        var answer = (DescribeGroupsResponseData) batch.merge()
                .apply(batch.parts().values().stream()
                        .<ApiMessage>map(part -> new DescribeGroupsResponseData()
                                .setGroups(((DescribeGroupsRequestData) part)
                                        .groups().stream()
                                                .map(id -> new DescribedGroup().setGroupId(id))
                                                .toList()))
                        .toList());

        assertThat(batch.parts().keySet()).containsExactly(1, 2);
        assertThat(batch.parts().values())
                .allSatisfy(p -> assertThat(((DescribeGroupsRequestData) p).includeAuthorizedOperations())
                        .isTrue());
        assertThat(answer.groups()).extracting(DescribedGroup::groupId).containsExactlyInAnyOrder("a", "bb", "c");
    }

    @Test
    void shouldMergeDeletions() {
        var request = new DeleteGroupsRequestData().setGroupsNames(List.of("a", "bb", "c"));

        GroupBatch batch = GroupBatch.of(request, String::length);
        var answer = (DeleteGroupsResponseData) batch.merge()
                .apply(batch.parts().values().stream()
                        .<ApiMessage>map(part -> {
                            DeleteGroupsResponseData own = new DeleteGroupsResponseData();
                            ((DeleteGroupsRequestData) part).groupsNames().forEach(id -> own.results()
                                    .add(new DeletableGroupResult().setGroupId(id)));
                            return own;
                        })
                        .toList());

        assertThat(answer.results().stream().map(DeletableGroupResult::groupId).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("a", "bb", "c");
    }

    @Test
    void shouldPartFetchesAndDescriptionsOfConsumerGroups() {
        var fetch = new OffsetFetchRequestData()
                .setRequireStable(true)
                .setGroups(List.of(
                        new OffsetFetchRequestGroup().setGroupId("a"), new OffsetFetchRequestGroup().setGroupId("bb")));
        var describe = new ConsumerGroupDescribeRequestData().setGroupIds(List.of("a", "bb"));

        Map<Integer, ApiMessage> fetches = GroupBatch.of(fetch, String::length).parts();
        Map<Integer, ApiMessage> descriptions =
                GroupBatch.of(describe, String::length).parts();

        assertThat(fetches.values()).allSatisfy(p -> assertThat(((OffsetFetchRequestData) p).requireStable())
                .isTrue());
        assertThat(fetches.keySet()).containsExactly(1, 2);
        assertThat(descriptions.keySet()).containsExactly(1, 2);
    }

    /** What Kafka's own brokers compute: the two must agree, or nobody finds a group after a change of broker. */
    @ParameterizedTest
    @CsvSource({"'', 0", "g, 3", "polygenelubricants, 0", "my-group, 12"})
    void shouldFindThePartitionOfAGroupAsKafkaDoes(String groupId, int expected) {
        assertThat(GroupClient.partitionOf(groupId, 50)).isEqualTo(expected);
    }
}
