package dev.weir.cluster;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** A broker that is watched: what is true of it, whatever the detector may believe. */
final class SimPeer {
    final int id;
    Life life;
    int port;
    /** The process runs, and listens at its port. */
    boolean alive = true;
    /** The host answers: it refuses where no process listens. */
    boolean hostUp = true;

    boolean cutTo;
    boolean cutFrom;
    /** The times at which the link broke or was mended, in pairs; the last one is open while it is broken. */
    final List<Long> cuts = new ArrayList<>();

    long diedAt = -1;
    /** Since when everything has been there that a report of the dead life takes; -1 if something is missing. */
    long dueSince = -1;

    boolean closedTold;
    private int lives;

    SimPeer(int id) {
        this.id = id;
        this.port = 1_000 + id;
        this.life = nextLife();
    }

    Life nextLife() {
        return new Life(id, new Uuid(id, ++lives));
    }

    WatchedBroker watched() {
        return new WatchedBroker(life, new Endpoint("h", port));
    }

    boolean isReachable() {
        return !cutTo && !cutFrom;
    }

    void cut(boolean to, boolean from, long now) {
        boolean before = isReachable();
        cutTo = to;
        cutFrom = from;
        if (before != isReachable()) {
            cuts.add(now);
            dueSince = -1;
        }
    }

    /** The longest time in that window in which the link was whole. */
    long longestReach(long from, long until) {
        long longest = 0;
        long begin = from;
        for (int i = 0; i < cuts.size(); i++) {
            long at = Math.max(from, cuts.get(i));
            if (i % 2 == 0) {
                longest = Math.max(longest, at - begin);
                begin = until;
            } else {
                begin = at;
            }
        }
        return Math.max(longest, until - begin);
    }

    @Override
    public String toString() {
        return life
                + (alive ? " alive" : " dead")
                + (hostUp ? "" : " with its host")
                + (isReachable() ? "" : " cut off");
    }
}
