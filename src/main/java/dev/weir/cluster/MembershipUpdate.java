package dev.weir.cluster;

import java.util.List;

/**
 * The membership has changed, as this broker sees it.
 *
 * @param view as it is now
 * @param changes losses first; empty if this broker has begun or ceased to take part and nobody else is concerned
 */
public record MembershipUpdate(MembershipView view, List<PeerChange> changes) {
    public MembershipUpdate {
        changes = List.copyOf(changes);
    }
}
