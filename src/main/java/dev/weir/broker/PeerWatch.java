package dev.weir.broker;

import dev.weir.peer.PeerEndpoint;

/** Connections to other brokers that are kept for their ends, of which {@link Peers#CLOSED} tells. */
interface PeerWatch {
    /** Keeps a connection to a broker, and opens it again after each end. */
    void watch(PeerEndpoint peer);

    /** Ends the watch. */
    void unwatch(PeerEndpoint peer);
}
