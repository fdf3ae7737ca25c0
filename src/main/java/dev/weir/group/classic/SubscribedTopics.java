package dev.weir.group.classic;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.jspecify.annotations.Nullable;

/** Reads the topics that a classic group's members subscribe to out of their metadata, which is the clients' own affair. */
final class SubscribedTopics {
    private SubscribedTopics() {}

    /** Null where it cannot be known: the members are no consumers, or do not write what consumers write. */
    static @Nullable Set<String> of(ClassicGroup group) {
        if (group.protocolType().isEmpty()) {
            return null;
        }
        if (group.members.isEmpty()) {
            return Set.of();
        }
        String protocol = group.protocolName();
        if (!group.protocolType().equals(ClassicGroup.CONSUMER) || protocol == null) {
            return null;
        }
        Set<String> topics = new HashSet<>();
        for (ClassicMember member : group.members.all()) {
            Set<String> own = parse(member.metadata(protocol));
            if (own == null) {
                return null;
            }
            topics.addAll(own);
        }
        return topics;
    }

    private static @Nullable Set<String> parse(byte[] subscription) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(subscription);
            // The topics stand first in every version, and a client may mark a subscription with a newer one than it
            // writes.
            ConsumerProtocol.deserializeVersion(buffer);
            return Set.copyOf(ConsumerProtocol.deserializeSubscription(
                            buffer, ConsumerProtocolSubscription.LOWEST_SUPPORTED_VERSION)
                    .topics());
        } catch (RuntimeException foreign) {
            // any client may send any bytes here, and the parser has no common type for what it throws at them
            return null;
        }
    }
}
