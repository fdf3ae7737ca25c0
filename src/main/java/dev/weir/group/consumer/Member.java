package dev.weir.group.consumer;

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
public record Member(String id, ConsumerGroupMemberMetadata.Member details, Progress progress) {
    private static final ConsumerGroupMemberMetadata.Member NO_DETAILS =
            new ConsumerGroupMemberMetadata.Member(null, null, "", "", List.of(), null, -1, null, null);

    static Member create(String id) {
        return new Member(id, NO_DETAILS, Progress.NEW);
    }

    Member with(ConsumerGroupMemberMetadata.Member newDetails) {
        return new Member(id, newDetails, progress);
    }

    Member with(Progress newProgress) {
        return new Member(id, details, newProgress);
    }

    @Nullable
    String instanceId() {
        return details.instanceId();
    }

    public int epoch() {
        return progress.epoch();
    }

    /** The regular expression it subscribes to; empty where there is none. */
    String regex() {
        return Objects.requireNonNullElse(details.subscribedTopicRegex(), "");
    }

    /** Whether it speaks JoinGroup and SyncGroup rather than ConsumerGroupHeartbeat. */
    public boolean isClassic() {
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
