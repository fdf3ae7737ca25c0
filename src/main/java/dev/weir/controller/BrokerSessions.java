package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The signs of life of the registered brokers, as the active controller has seen them: when each was heard last, how far it
 * has read the metadata, and from which offset on it leads nothing. Owned by the controller, on its thread. Nothing of it is
 * in the log: a new controller gives every broker a full session ({@link #begin}).
 *
 * <p>Times are of a monotonic clock, in milliseconds. At most one session for each registered broker.
 */
public final class BrokerSessions {
    private static final long NEVER = -1;

    private final long timeoutMs;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private long lastTickMs;

    /** @param timeoutMs {@code broker.session.timeout.ms} */
    public BrokerSessions(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /** Begins the term of a controller: each broker of the image that is not fenced is taken for alive. */
    public void begin(ClusterImage image, long nowMs) {
        sessions.clear();
        lastTickMs = nowMs;
        for (BrokerImage broker : image.brokers().values()) {
            if (!broker.fenced()) {
                sessions.put(broker.id(), new Session(broker.epoch(), nowMs));
            }
        }
    }

    /** A broker has shown life, and has read the metadata below {@code metadataOffset} + 1. */
    void heard(int brokerId, long brokerEpoch, long metadataOffset, long nowMs) {
        Session session = of(brokerId, brokerEpoch, nowMs);
        session.lastHeardMs = nowMs;
        session.metadataOffset = Math.max(session.metadataOffset, metadataOffset);
    }

    /** Whether the incarnation with that epoch has shown life within the session's time. */
    public boolean isAlive(int brokerId, long brokerEpoch, long nowMs) {
        Session session = sessions.get(brokerId);
        return session != null && session.epoch == brokerEpoch && nowMs - session.lastHeardMs < timeoutMs;
    }

    /**
     * The brokers that are not fenced and whose session is over, in the order in which they were heard last.
     *
     * <p>If this controller itself has not looked for half a session, as after a pause of its process, the pause is given to
     * every broker: what they sent meanwhile may still wait to be read.
     */
    public List<BrokerImage> expired(ClusterImage image, long nowMs) {
        long pause = nowMs - lastTickMs;
        lastTickMs = nowMs;
        if (pause > timeoutMs / 2) {
            sessions.values().forEach(session -> session.lastHeardMs += pause);
        }
        List<BrokerImage> found = new ArrayList<>();
        for (BrokerImage broker : image.brokers().values()) {
            if (!broker.fenced()) {
                Session session = of(broker.id(), broker.epoch(), nowMs);
                if (nowMs - session.lastHeardMs >= timeoutMs) {
                    found.add(broker);
                }
            }
        }
        found.sort(Comparator.comparingLong(broker -> heardMs(broker.id())));
        return found;
    }

    /** Ends the session of a broker that is surely dead, so that its next incarnation can register at once. */
    public void end(int brokerId, long brokerEpoch) {
        sessions.computeIfPresent(brokerId, (id, session) -> session.epoch == brokerEpoch ? null : session);
    }

    /** The broker leads nothing in the image that ends at {@code offset}. The first such offset counts. */
    void leadsNothingFrom(int brokerId, long brokerEpoch, long offset, long nowMs) {
        Session session = of(brokerId, brokerEpoch, nowMs);
        if (session.leadsNothingFrom == NEVER) {
            session.leadsNothingFrom = offset;
        }
    }

    /**
     * Whether all other active brokers have read that this one leads nothing: nobody of them sends clients to it any more.
     *
     * @param nowMs those whose session is over are not waited for
     */
    boolean allKnowThatItLeadsNothing(ClusterImage image, int brokerId, long nowMs) {
        Session session = sessions.get(brokerId);
        if (session == null || session.leadsNothingFrom == NEVER) {
            return false;
        }
        return image.brokers().values().stream()
                .filter(other -> other.id() != brokerId && other.active())
                .filter(other -> isAlive(other.id(), other.epoch(), nowMs))
                .allMatch(other -> readBy(other.id()) >= session.leadsNothingFrom);
    }

    private long readBy(int brokerId) {
        Session session = sessions.get(brokerId);
        return session == null ? NEVER : session.metadataOffset;
    }

    private long heardMs(int brokerId) {
        Session session = sessions.get(brokerId);
        return session == null ? 0 : session.lastHeardMs;
    }

    /** The session of this incarnation; one that is new begins now. */
    private Session of(int brokerId, long brokerEpoch, long nowMs) {
        Session session = sessions.get(brokerId);
        if (session == null || session.epoch != brokerEpoch) {
            session = new Session(brokerEpoch, nowMs);
            sessions.put(brokerId, session);
        }
        return session;
    }

    private static final class Session {
        private final long epoch;
        private long lastHeardMs;
        private long metadataOffset = NEVER;
        private long leadsNothingFrom = NEVER;

        private Session(long epoch, long nowMs) {
            this.epoch = epoch;
            lastHeardMs = nowMs;
        }
    }
}
