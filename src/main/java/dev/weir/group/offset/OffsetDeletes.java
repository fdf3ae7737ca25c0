package dev.weir.group.offset;

import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupDirectory;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.record.GroupRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** OffsetDelete, and the offsets that go with a deleted topic. */
public final class OffsetDeletes {
    private final GroupDirectory groups;
    private final OffsetStore offsets;

    public OffsetDeletes(GroupDirectory groups, OffsetStore offsets) {
        this.groups = groups;
        this.offsets = offsets;
    }

    public void delete(GroupCall call, OffsetDeleteRequestData request, GroupOutput out) {
        Group group = groups.find(request.groupId());
        Errors error = group == null ? Errors.GROUP_ID_NOT_FOUND : group.validateOffsetDelete();
        OffsetDeleteResponseData response = new OffsetDeleteResponseData().setErrorCode(error.code());
        if (group != null && error == Errors.NONE) {
            request.topics().forEach(topic -> response.topics().add(delete(group, topic, out)));
        }
        out.reply(call.requestId(), response);
    }

    private OffsetDeleteResponseTopic delete(Group group, OffsetDeleteRequestTopic topic, GroupOutput out) {
        Errors error = group.isSubscribedTo(topic.name()) ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE;
        OffsetDeleteResponseTopic answer = new OffsetDeleteResponseTopic().setName(topic.name());
        topic.partitions().forEach(partition -> {
            int index = partition.partitionIndex();
            if (error == Errors.NONE && offsets.get(group.groupId(), topic.name(), index) != null) {
                out.write(new GroupRecord.OffsetCommit(group.groupId(), topic.name(), index, null));
            }
            answer.partitions()
                    .add(new OffsetDeleteResponsePartition()
                            .setPartitionIndex(index)
                            .setErrorCode(error.code()));
        });
        return answer;
    }

    public void deleteTopics(Collection<String> topics, GroupOutput out) {
        for (String groupId : offsets.groupIds()) {
            List<String> gone =
                    offsets.topics(groupId).stream().filter(topics::contains).toList();
            for (String topic : gone) {
                List<GroupRecord> tombstones = new ArrayList<>();
                offsets.forEach(
                        groupId,
                        topic,
                        (partition, offset) ->
                                tombstones.add(new GroupRecord.OffsetCommit(groupId, topic, partition, null)));
                tombstones.forEach(out::write);
            }
        }
    }
}
