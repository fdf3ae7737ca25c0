package dev.weir.group;

import dev.weir.group.classic.ClassicGroup;
import dev.weir.group.classic.ClassicState;
import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupDirectory;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.offset.OffsetStore;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;

/** What administrators ask: which groups there are, what a classic group looks like, and that groups be deleted. */
final class GroupAdmin {
    private static final short TELLS_NOT_FOUND = 6;

    private final GroupDirectory groups;
    private final OffsetStore offsets;

    GroupAdmin(GroupDirectory groups, OffsetStore offsets) {
        this.groups = groups;
        this.offsets = offsets;
    }

    /** Filters are without regard to case; an empty one lets all through. */
    void list(GroupCall call, ListGroupsRequestData request, GroupOutput out) {
        Set<String> states = lower(request.statesFilter());
        Set<String> types = lower(request.typesFilter());
        List<ListedGroup> listed = groups.groups().stream()
                .filter(g -> states.isEmpty() || states.contains(lower(g.stateName())))
                .filter(g -> types.isEmpty() || types.contains(lower(g.type())))
                .map(g -> new ListedGroup()
                        .setGroupId(g.groupId())
                        .setProtocolType(g.protocolType())
                        .setGroupState(g.stateName())
                        .setGroupType(g.type()))
                .toList();
        out.reply(call.requestId(), new ListGroupsResponseData().setGroups(listed));
    }

    void describe(GroupCall call, DescribeGroupsRequestData request, GroupOutput out) {
        List<DescribedGroup> described = request.groups().stream()
                .map(id -> groups.find(id) instanceof ClassicGroup group ? describe(group) : missing(id, call))
                .toList();
        out.reply(call.requestId(), new DescribeGroupsResponseData().setGroups(described));
    }

    /** What a member says and was given is shown only while it holds: in a stable group. */
    private static DescribedGroup describe(ClassicGroup group) {
        boolean stable = group.state() instanceof ClassicState.Stable;
        String protocol = group.protocolName();
        return new DescribedGroup()
                .setGroupId(group.groupId())
                .setGroupState(group.stateName())
                .setProtocolType(group.protocolType())
                .setProtocolData(stable && protocol != null ? protocol : "")
                .setMembers(group.members.all().stream()
                        .map(m -> new DescribedGroupMember()
                                .setMemberId(m.memberId)
                                .setGroupInstanceId(m.instanceId)
                                .setClientId(m.clientId)
                                .setClientHost(m.clientHost)
                                .setMemberMetadata(stable ? m.metadata(protocol) : new byte[0])
                                .setMemberAssignment(stable ? m.assignment : new byte[0]))
                        .toList());
    }

    private static DescribedGroup missing(String groupId, GroupCall call) {
        DescribedGroup dead = new DescribedGroup().setGroupId(groupId).setGroupState(new ClassicState.Dead().name());
        return call.apiVersion() < TELLS_NOT_FOUND
                ? dead
                : dead.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                        .setErrorMessage("Group " + groupId + " is not a classic group.");
    }

    void delete(GroupCall call, DeleteGroupsRequestData request, GroupOutput out) {
        DeleteGroupsResponseData response = new DeleteGroupsResponseData();
        for (String groupId : Set.copyOf(request.groupsNames())) {
            response.results()
                    .add(new DeletableGroupResult()
                            .setGroupId(groupId)
                            .setErrorCode(delete(groupId, out).code()));
        }
        out.reply(call.requestId(), response);
    }

    private Errors delete(String groupId, GroupOutput out) {
        Group group = groups.find(groupId);
        Errors error = group == null ? Errors.GROUP_ID_NOT_FOUND : group.validateDelete();
        if (group != null && error == Errors.NONE) {
            offsets.tombstones(groupId).forEach(out::write);
            group.tombstones().forEach(out::write);
        }
        return error;
    }

    private static Set<String> lower(List<String> names) {
        return names.stream().map(GroupAdmin::lower).collect(Collectors.toSet());
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
