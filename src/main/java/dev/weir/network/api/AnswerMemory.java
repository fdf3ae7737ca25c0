package dev.weir.network.api;

import java.util.HashMap;
import java.util.Map;

/**
 * The bound on the bytes of the metadata log that are on their way to replicas: they lie on the heap until the connection has
 * taken them. Each known replica has {@value #OF_ONE} bytes of its own, and all strangers share {@value #OF_STRANGERS}. As with
 * requests, bytes are given while anything is left, so that one answer may overdraw. Shared by all network verticles; safe on
 * any thread.
 */
public final class AnswerMemory {
    static final long OF_ONE = 4L << 20;
    static final long OF_STRANGERS = 16L << 20;
    private static final int STRANGERS = -1;

    private final Map<Integer, Long> used = new HashMap<>();

    /** The share of one answer to a known replica. */
    Share ofReplica(int id) {
        return new Share(id, OF_ONE);
    }

    /** The share of one answer to a stranger. */
    Share ofStranger() {
        return new Share(STRANGERS, OF_STRANGERS);
    }

    /** The bytes of one answer. Owned by the connection that the answer goes to. */
    final class Share {
        private final int owner;
        private final long most;
        private long bytes;
        private boolean ended;

        private Share(int owner, long most) {
            this.owner = owner;
            this.most = most;
        }

        /** Takes bytes, once; false if too many are on their way already, or if the share has ended. */
        boolean take(int count) {
            synchronized (used) {
                if (ended || (count > 0 && used.getOrDefault(owner, 0L) >= most)) {
                    return false;
                }
                bytes = count;
                if (count > 0) {
                    used.merge(owner, (long) count, Long::sum);
                }
                return true;
            }
        }

        /** Gives the bytes back, once: they are sent, or never will be. */
        void end() {
            synchronized (used) {
                if (!ended && bytes > 0) {
                    long given = bytes;
                    used.computeIfPresent(owner, (id, all) -> all > given ? all - given : null);
                }
                ended = true;
            }
        }
    }
}
