package dev.weir.group.consumer;

import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupEpoch;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupPartitionMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupRegex;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The records that remove all of a consumer group, in an order that leaves no dangling part on the way. */
final class Tombstones {
    private Tombstones() {}

    static List<GroupRecord> of(ConsumerGroup group) {
        List<GroupRecord> records = new ArrayList<>();
        for (Member member : group.members()) {
            records.add(new ConsumerGroupCurrentAssignment(group.id(), member.id(), null));
        }
        for (String memberId : new TreeSet<>(group.targetedMembers())) {
            records.add(new ConsumerGroupTargetAssignment(group.id(), memberId, null));
        }
        records.add(new ConsumerGroupTargetEpoch(group.id(), null));
        for (Member member : group.members()) {
            records.add(new ConsumerGroupMemberMetadata(group.id(), member.id(), null));
        }
        for (String regex : new TreeSet<>(group.subscriptions().resolved().keySet())) {
            records.add(new ConsumerGroupRegex(group.id(), regex, null));
        }
        if (group.hasOldPartitionMetadata()) {
            records.add(new ConsumerGroupPartitionMetadata(group.id(), false));
        }
        records.add(new ConsumerGroupEpoch(group.id(), null));
        return records;
    }
}
