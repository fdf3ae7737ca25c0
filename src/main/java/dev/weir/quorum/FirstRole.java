package dev.weir.quorum;

import java.util.List;
import java.util.Optional;

/** The role in which a replica begins, by what its directory has promised. */
final class FirstRole {
    private FirstRole() {}

    static void take(Quorum quorum) {
        ElectionState found = quorum.role().state(quorum.me());
        ElectionState promised = quorum.promised();
        int logEpoch = quorum.log().end().epoch();
        ReplicaKey me = quorum.me();
        if (logEpoch > found.epoch()) {
            quorum.become(new Unattached(logEpoch, Optional.empty(), quorum.electionDeadline()));
        } else if (promised.leaderId() == me.id()) {
            quorum.become(new Resigned(found.epoch(), found.voted(), List.of(), quorum.electionDeadline()));
        } else if (promised.leaderId() >= 0) {
            quorum.become(new Follower(found.epoch(), promised.leaderId(), found.voted(), quorum.fetchDeadline()));
        } else {
            quorum.become(new Unattached(found.epoch(), found.voted(), quorum.electionDeadline()));
        }
        if (quorum.log().voters().isOnly(me) && quorum.mayStand()) {
            quorum.stand();
        }
    }
}
