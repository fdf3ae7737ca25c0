package dev.weir.group.consumer;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** All durable state of a coordinator's consumer groups as text, to compare one with another. */
final class ConsumerGroupSnapshot {
    private ConsumerGroupSnapshot() {}

    static Map<String, String> of(Iterable<ConsumerGroup> groups) {
        Map<String, String> snapshot = new TreeMap<>();
        groups.forEach(group -> snapshot.put(group.id(), of(group)));
        return snapshot;
    }

    static String of(ConsumerGroup group) {
        StringBuilder text = new StringBuilder();
        text.append("epoch ").append(group.epoch()).append(" hash ").append(group.metadataHash());
        text.append(" target ").append(group.targetEpoch()).append(" at ").append(group.targetTimestampMs());
        text.append(" old ").append(group.hasOldPartitionMetadata()).append('\n');
        for (Member member : group.members()) {
            text.append(member.id()).append(": ").append(member.progress()).append("\n   ");
            var d = member.details();
            text.append(d.instanceId())
                    .append('|')
                    .append(d.rackId())
                    .append('|')
                    .append(d.clientId());
            text.append('|').append(d.clientHost()).append('|').append(d.subscribedTopicNames());
            text.append('|').append(member.regex()).append('|').append(d.rebalanceTimeoutMs());
            text.append('|').append(d.serverAssignor()).append('\n');
            if (d.classic() != null) {
                text.append("   classic ").append(d.classic().sessionTimeoutMs());
                d.classic().supportedProtocols().forEach(p -> text.append(p.name())
                        .append(Arrays.toString(p.metadata())));
                text.append('\n');
            }
        }
        for (String memberId : new TreeSet<>(group.targetedMembers())) {
            text.append("target of ")
                    .append(memberId)
                    .append(' ')
                    .append(group.target(memberId))
                    .append('\n');
        }
        text.append("regexes ")
                .append(new TreeMap<>(group.subscriptions().resolved()))
                .append('\n');
        text.append("names ").append(group.subscriptions().names()).append('\n');
        return text.toString();
    }
}
