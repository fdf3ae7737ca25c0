package dev.weir.group.consumer;

import dev.weir.group.core.TopicView;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;

/**
 * A number that changes when a topic that the group subscribes to comes, goes, is made anew, grows, or moves between racks.
 * It is kept with the group epoch, so that a new coordinator sees what it has missed.
 */
final class MetadataHash {
    private static final long SEED = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private MetadataHash() {}

    /** @return 0 where no subscribed topic exists */
    static long of(Iterable<String> topicNames, TopicView topics) {
        long sum = 0;
        for (String name : topicNames) {
            TopicView.Topic topic = topics.byName(name);
            if (topic != null) {
                sum += mix(of(topic));
            }
        }
        return sum;
    }

    private static long of(TopicView.Topic topic) {
        long hash = add(SEED, topic.name());
        hash = add(hash, topic.id().getMostSignificantBits());
        hash = add(hash, topic.id().getLeastSignificantBits());
        hash = add(hash, topic.partitions());
        for (int partition = 0; partition < topic.racks().size(); partition++) {
            hash = add(hash, partition);
            for (String rack : new TreeSet<>(topic.racks().get(partition))) {
                hash = add(hash, rack);
            }
        }
        return hash;
    }

    private static long add(long hash, String text) {
        long result = hash;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            result = (result ^ (b & 0xff)) * PRIME;
        }
        return add(result, bytes.length);
    }

    private static long add(long hash, long number) {
        return mix(hash ^ number) * PRIME;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
