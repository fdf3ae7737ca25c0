package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignor;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What a ConsumerGroupHeartbeat may be refused for. Each check returns null where there is nothing to object to. */
final class Checks {
    /** From this version on the client chooses its member id. */
    private static final short CLIENT_CHOOSES_ID = 1;

    private Checks() {}

    /** The form of the request, whatever the state of the group. */
    static @Nullable Failure form(ConsumerGroupHeartbeatRequestData request, short version, ConsumerGroupRules config) {
        boolean joins = request.memberEpoch() == Progress.JOINING;
        if ((version >= CLIENT_CHOOSES_ID || !joins) && isBlank(request.memberId())) {
            return invalid("MemberId can't be empty.");
        }
        if (isBlank(request.groupId())) {
            return invalid("GroupId can't be empty.");
        }
        if (request.instanceId() != null && isBlank(request.instanceId())) {
            return invalid("InstanceId can't be empty.");
        }
        if (request.rackId() != null && isBlank(request.rackId())) {
            return invalid("RackId can't be empty.");
        }
        if (request.memberEpoch() < Progress.STATIC_LEFT) {
            return invalid("MemberEpoch is invalid.");
        }
        if (request.memberEpoch() == Progress.STATIC_LEFT && request.instanceId() == null) {
            return invalid("InstanceId can't be null.");
        }
        if (joins) {
            Failure incomplete = join(request);
            if (incomplete != null) {
                return incomplete;
            }
        }
        return assignor(request.serverAssignor(), config);
    }

    /** What the first heartbeat of a member must bring. */
    private static @Nullable Failure join(ConsumerGroupHeartbeatRequestData request) {
        if (request.rebalanceTimeoutMs() == -1) {
            return invalid("RebalanceTimeoutMs must be provided in first request.");
        }
        if (request.topicPartitions() == null || !request.topicPartitions().isEmpty()) {
            return invalid("TopicPartitions must be empty when (re-)joining.");
        }
        if (request.subscribedTopicNames() == null && request.subscribedTopicRegex() == null) {
            return invalid("Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
        }
        return null;
    }

    private static @Nullable Failure assignor(@Nullable String name, ConsumerGroupRules config) {
        if (name == null || config.assignor(name) != null) {
            return null;
        }
        String supported = config.assignors().stream().map(Assignor::name).collect(Collectors.joining(", "));
        return new Failure(
                Errors.UNSUPPORTED_ASSIGNOR,
                "ServerAssignor " + name + " is not supported. Supported assignors: " + supported + ".");
    }

    /** A full group takes nobody new. */
    static @Nullable Failure room(ConsumerGroup group, String memberId, int maxSize) {
        if (group.size() < maxSize || group.member(memberId) != null) {
            return null;
        }
        return new Failure(
                Errors.GROUP_MAX_SIZE_REACHED,
                "The consumer group has reached its maximum capacity of " + maxSize + " members.");
    }

    /**
     * The epoch that a member sends. The one before the last is accepted from a member that owns nothing but what it was
     * assigned: the answer with the new epoch may have got lost.
     */
    static @Nullable Failure epoch(
            Member member, int received, @Nullable List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned) {
        if (received == Progress.JOINING || received == member.epoch()) {
            return null;
        }
        if (received > member.epoch()) {
            return fenced("greater", received, member);
        }
        return received == member.progress().previousEpoch() && ownsOnlyAssigned(member, owned)
                ? null
                : fenced("smaller", received, member);
    }

    private static boolean ownsOnlyAssigned(
            Member member, @Nullable List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned) {
        return owned != null
                && owned.stream().allMatch(topic -> member.progress()
                        .assigned()
                        .of(topic.topicId())
                        .keySet()
                        .containsAll(topic.partitions()));
    }

    private static Failure fenced(String how, int received, Member member) {
        return new Failure(
                Errors.FENCED_MEMBER_EPOCH,
                "The consumer group member has a " + how + " member epoch (" + received
                        + ") than the one known by the group coordinator (" + member.epoch()
                        + "). The member must abandon all its partitions and rejoin.");
    }

    /** A member that names an instance id must be the one that holds it. */
    static @Nullable Failure instance(@Nullable Member holder, String memberId, String instanceId) {
        if (holder == null) {
            return new Failure(Errors.UNKNOWN_MEMBER_ID, "Instance id " + instanceId + " is unknown.");
        }
        if (!holder.id().equals(memberId)) {
            return new Failure(
                    Errors.FENCED_INSTANCE_ID,
                    "Static member " + memberId + " with instance id " + instanceId + " was fenced by member "
                            + holder.id() + ".");
        }
        return null;
    }

    static Failure unknownMember(String groupId, String memberId) {
        return new Failure(
                Errors.UNKNOWN_MEMBER_ID, "Member " + memberId + " is not a member of group " + groupId + ".");
    }

    static Failure invalid(String message) {
        return new Failure(Errors.INVALID_REQUEST, message);
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }
}
