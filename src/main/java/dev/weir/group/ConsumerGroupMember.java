package dev.weir.group;

import dev.weir.group.record.GroupRecord.ClassicProtocol;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group: what it says of itself, and how far it has come towards its target. Immutable; both parts
 * are kept in a record each.
 */
record ConsumerGroupMember(String id, ConsumerGroupMemberMetadata.Member details, ConsumerGroupProgress progress) {
    private static final ConsumerGroupMemberMetadata.Member NO_DETAILS =
            new ConsumerGroupMemberMetadata.Member(null, null, "", "", List.of(), null, -1, null, null);

    static ConsumerGroupMember create(String id) {
        return new ConsumerGroupMember(id, NO_DETAILS, ConsumerGroupProgress.NEW);
    }

    ConsumerGroupMember with(ConsumerGroupMemberMetadata.Member newDetails) {
        return new ConsumerGroupMember(id, newDetails, progress);
    }

    ConsumerGroupMember with(ConsumerGroupProgress newProgress) {
        return new ConsumerGroupMember(id, details, newProgress);
    }

    @Nullable
    String instanceId() {
        return details.instanceId();
    }

    int epoch() {
        return progress.epoch();
    }

    /** The regular expression it subscribes to; empty where there is none. */
    String regex() {
        return Objects.requireNonNullElse(details.subscribedTopicRegex(), "");
    }

    /** Whether it speaks JoinGroup and SyncGroup rather than ConsumerGroupHeartbeat. */
    boolean isClassic() {
        return details.classic() != null;
    }

    /** Whether two members say the same of themselves; protocols' bytes are compared by content. */
    static boolean sameDetails(ConsumerGroupMemberMetadata.Member one, ConsumerGroupMemberMetadata.Member other) {
        return withoutClassic(one).equals(withoutClassic(other)) && sameClassic(one.classic(), other.classic());
    }

    private static ConsumerGroupMemberMetadata.Member withoutClassic(ConsumerGroupMemberMetadata.Member details) {
        return new ConsumerGroupMemberMetadata.Member(
                details.instanceId(),
                details.rackId(),
                details.clientId(),
                details.clientHost(),
                details.subscribedTopicNames(),
                Objects.requireNonNullElse(details.subscribedTopicRegex(), ""),
                details.rebalanceTimeoutMs(),
                details.serverAssignor(),
                null);
    }

    private static boolean sameClassic(
            ConsumerGroupMemberMetadata.@Nullable ClassicMemberMetadata one,
            ConsumerGroupMemberMetadata.@Nullable ClassicMemberMetadata other) {
        if (one == null || other == null) {
            return one == other;
        }
        return one.sessionTimeoutMs() == other.sessionTimeoutMs()
                && sameProtocols(one.supportedProtocols(), other.supportedProtocols());
    }

    private static boolean sameProtocols(List<ClassicProtocol> one, List<ClassicProtocol> other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!one.get(i).name().equals(other.get(i).name())
                    || !Arrays.equals(one.get(i).metadata(), other.get(i).metadata())) {
                return false;
            }
        }
        return true;
    }
}
