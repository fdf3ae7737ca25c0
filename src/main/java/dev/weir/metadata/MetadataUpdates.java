package dev.weir.metadata;

import dev.weir.bus.Broadcast;

/**
 * Where changes of the cluster image are announced, in order, after they are committed. Followers use {@link ImageClient}, so that
 * none misses a change before its subscription.
 */
public final class MetadataUpdates {
    /** Every committed change; a subscriber sees each {@link ImageChange#after} as the next one's before. */
    public static final Broadcast<ImageChange> CHANGES = new Broadcast<>("metadata.changes");

    private MetadataUpdates() {}
}
