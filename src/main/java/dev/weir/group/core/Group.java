package dev.weir.group.core;

import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.GroupRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What the offsets and the administrator's requests need to know of a group, whichever generation of the protocol it
 * speaks. Expected refusals are returned as {@link Errors}; {@code NONE} is leave to go on.
 */
public interface Group {
    String groupId();

    /** {@code classic} or {@code consumer}, as ListGroups names it. */
    String type();

    /** For example {@code consumer}; empty where unknown. */
    String protocolType();

    /** As Kafka's tools show it, for example {@code Stable}. */
    String stateName();

    /** How many members it has. */
    int size();

    /** Whether it has no members. */
    boolean isEmpty();

    /** Whether this member may commit offsets now. */
    Errors validateOffsetCommit(Committer committer);

    /** Whether somebody who was let in by {@link #validateOffsetCommit(Committer)} may commit this partition. */
    default Errors validateOffsetCommit(Committer committer, String topic, int partition) {
        return Errors.NONE;
    }

    /**
     * Whether this member may read offsets.
     *
     * @param memberId null or empty for a reader that names no member
     * @param memberEpoch -1 for a reader that names no member
     */
    Errors validateOffsetFetch(@Nullable String memberId, int memberEpoch);

    /** Whether offsets may be deleted at all; a topic that is subscribed to is refused in {@link #isSubscribedTo}. */
    Errors validateOffsetDelete();

    /** Whether the group may be deleted. */
    Errors validateDelete();

    boolean isSubscribedTo(String topic);

    /** The moment (milliseconds since 1970) from which an offset's retention counts; empty where none may expire now. */
    Optional<ToLongFunction<CommittedOffset>> expiryBase();

    /** The records that make the group itself disappear; its offsets not included. */
    List<GroupRecord> tombstones();

    /**
     * Who commits.
     *
     * @param generationOrEpoch -1 for one that is no member
     * @param topics the names of the topics that are committed
     * @param apiVersion of the commit request
     */
    record Committer(
            String memberId,
            @Nullable String groupInstanceId,
            int generationOrEpoch,
            boolean transactional,
            Set<String> topics,
            short apiVersion) {}
}
