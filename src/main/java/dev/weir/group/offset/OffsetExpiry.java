package dev.weir.group.offset;

import dev.weir.group.core.Group;
import dev.weir.group.core.GroupDirectory;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.GroupRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Removes what nobody needs any more: offsets of empty groups and of topics that a living group has left, once their
 * retention is over, and then the groups that are empty and hold no offset.
 */
public final class OffsetExpiry {
    private final GroupRules settings;
    private final GroupDirectory groups;
    private final OffsetStore offsets;
    private final TransactionalOffsets pending;

    public OffsetExpiry(GroupRules settings, GroupDirectory groups, OffsetStore offsets, TransactionalOffsets pending) {
        this.settings = settings;
        this.groups = groups;
        this.offsets = offsets;
        this.pending = pending;
    }

    public void expire(long nowMs, GroupOutput out) {
        for (Group group : List.copyOf(groups.groups())) {
            group.expiryBase().ifPresent(base -> expired(group, base, nowMs).forEach(out::write));
            boolean idle = !offsets.has(group.groupId()) && !pending.hasPending(group.groupId());
            if (idle && group.isEmpty()) {
                group.tombstones().forEach(out::write);
            }
        }
    }

    private List<GroupRecord> expired(Group group, ToLongFunction<CommittedOffset> base, long nowMs) {
        String groupId = group.groupId();
        List<GroupRecord> tombstones = new ArrayList<>();
        for (String topic : offsets.topics(groupId)) {
            if (group.isSubscribedTo(topic)) {
                continue;
            }
            offsets.forEach(groupId, topic, (partition, offset) -> {
                if (isExpired(offset, base, nowMs) && !pending.isPending(groupId, topic, partition)) {
                    tombstones.add(new GroupRecord.OffsetCommit(groupId, topic, partition, null));
                }
            });
        }
        return tombstones;
    }

    private boolean isExpired(CommittedOffset offset, ToLongFunction<CommittedOffset> base, long nowMs) {
        return offset.expireTimestampMs() == -1
                ? nowMs - base.applyAsLong(offset) >= settings.offsetsRetentionMs()
                : nowMs >= offset.expireTimestampMs();
    }
}
