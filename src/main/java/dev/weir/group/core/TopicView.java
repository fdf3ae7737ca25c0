package dev.weir.group.core;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What groups need to know of the cluster's topics: a read-only view that always shows the newest metadata that this broker
 * has. Whoever provides it tells the cores when topics have changed.
 */
public interface TopicView {

    /** The topic of this name, or null where there is none. */
    @Nullable
    Topic byName(String name);

    /** The topic of this id, or null where there is none (any more). */
    @Nullable
    Topic byId(Uuid id);

    /** The names of all topics, in any order; the returned collection does not change afterwards. */
    Collection<String> names();

    /** Grows with every change to the metadata. */
    long version();

    /**
     * A topic.
     *
     * @param partitions at least 1
     * @param racks for each partition the racks of its replicas; empty where brokers have none
     */
    record Topic(Uuid id, String name, int partitions, List<Set<String>> racks) {}
}
