package dev.weir.network;

import dev.weir.network.NetworkOptions.Use;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts the open connections of the whole broker against {@code max.connections}, and those of each address against {@code
 * max.connections.per.ip}, so that clients can't keep brokers out. A listener for brokers only has {@code max.connections} of its
 * own. On a listener for both, a connection above the limits is let in on probation: it shows soon that it is a broker's, or it
 * ends. {@value #ON_PROBATION} may be on probation at a time, and the newest takes the place of the oldest. Connections of
 * brokers do not count as clients': {@value #OF_BROKERS} may leave the clients' count or pass their probation.
 *
 * <p>Shared by all network verticles; every method is short and safe from any thread.
 */
final class ConnectionQuotas {
    static final int ON_PROBATION = 64;
    static final int OF_BROKERS = 1_000;

    private int maxConnections;
    private int maxPerIp;
    private final Map<InetAddress, Integer> perIp = new HashMap<>();
    private final Deque<Place> onProbation = new ArrayDeque<>();
    private int ofClients;
    private int ofBrokers;

    ConnectionQuotas(int maxConnections, int maxPerIp) {
        this.maxConnections = maxConnections;
        this.maxPerIp = maxPerIp;
    }

    synchronized void limit(int newMaxConnections, int newMaxPerIp) {
        maxConnections = newMaxConnections;
        maxPerIp = newMaxPerIp;
    }

    /**
     * Gives a new connection a place, which is counted until it is closed.
     *
     * @param use of the listener that it came in by
     */
    Place admit(InetAddress address, Use use) {
        Place place = new Place(address, use);
        Optional<Place> pushedOut = Optional.empty();
        synchronized (this) {
            if (use == Use.BROKERS) {
                place.over = ofBrokers < maxConnections ? "" : "max.connections";
                place.stage = place.over.isEmpty() ? Stage.BROKER : Stage.OUT;
                ofBrokers += place.over.isEmpty() ? 1 : 0;
                return place;
            }
            place.over = limitReached(address);
            if (place.over.isEmpty()) {
                place.stage = Stage.CLIENT;
                ofClients++;
                perIp.merge(address, 1, Integer::sum);
            } else if (use == Use.BOTH) {
                pushedOut = onProbation.size() < ON_PROBATION ? Optional.empty() : Optional.of(onProbation.remove());
                onProbation.add(place);
                place.stage = Stage.ON_PROBATION;
            }
        }
        pushedOut.ifPresent(Place::pushOut);
        return place;
    }

    /** Open connections. */
    synchronized int open() {
        return ofClients + ofBrokers + onProbation.size();
    }

    /** The setting that lets no further client in from that address; empty if it may come in. */
    private String limitReached(InetAddress address) {
        if (ofClients >= maxConnections) {
            return "max.connections";
        }
        return perIp.getOrDefault(address, 0) >= maxPerIp ? "max.connections.per.ip" : "";
    }

    private void leaveClients(InetAddress address) {
        ofClients--;
        perIp.computeIfPresent(address, (a, n) -> n > 1 ? n - 1 : null);
    }

    private enum Stage {
        CLIENT,
        BROKER,
        ON_PROBATION,
        OUT
    }

    /** One connection's place. */
    final class Place {
        private final InetAddress address;
        private final Use use;
        private Stage stage = Stage.OUT;
        private String over = "";
        private Runnable whenPushedOut = () -> {};

        private Place(InetAddress address, Use use) {
            this.address = address;
            this.use = use;
        }

        /** The setting whose limit the connection is above; empty for one within the limits. */
        String over() {
            return over;
        }

        /** Whether the connection has no place, from the start or since a newer one on probation needed it. */
        boolean isOut() {
            synchronized (ConnectionQuotas.this) {
                return stage == Stage.OUT;
            }
        }

        /** Whether the connection has still to show that it is a broker's. */
        boolean isOnProbation() {
            synchronized (ConnectionQuotas.this) {
                return stage == Stage.ON_PROBATION;
            }
        }

        /** Remembers what to do when a newer connection on probation takes the place. It may be called from any thread. */
        void onPushedOut(Runnable action) {
            synchronized (ConnectionQuotas.this) {
                whenPushedOut = action;
                if (stage != Stage.OUT) {
                    return;
                }
            }
            action.run();
        }

        /** The connection has shown that it is a broker's. */
        void ofBroker() {
            synchronized (ConnectionQuotas.this) {
                if (use != Use.BOTH || ofBrokers >= OF_BROKERS) {
                    return;
                }
                if (stage == Stage.CLIENT) {
                    leaveClients(address);
                } else if (!(stage == Stage.ON_PROBATION && onProbation.remove(this))) {
                    return;
                }
                stage = Stage.BROKER;
                ofBrokers++;
            }
        }

        /** Whether the connection is known to be a broker's. */
        boolean isOfBroker() {
            synchronized (ConnectionQuotas.this) {
                return stage == Stage.BROKER;
            }
        }

        /** The connection has closed. */
        void closed() {
            synchronized (ConnectionQuotas.this) {
                switch (stage) {
                    case CLIENT -> leaveClients(address);
                    case BROKER -> ofBrokers--;
                    case ON_PROBATION -> onProbation.remove(this);
                    case OUT -> {}
                }
                stage = Stage.OUT;
            }
        }

        private void pushOut() {
            Runnable action;
            synchronized (ConnectionQuotas.this) {
                stage = Stage.OUT;
                action = whenPushedOut;
            }
            action.run();
        }
    }
}
