package dev.weir.network.api;

import dev.weir.config.BrokerConfig;
import dev.weir.config.ListenerSettings;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ConfigsImage;
import dev.weir.metadata.NewestImage;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The cluster as one network verticle sees it: the newest image, and the broker's settings with what was altered in it.
 * Owned by the verticle and read by its handlers.
 */
public final class BrokerView {
    private final int brokerId;
    private final BrokerConfig given;
    private final NewestImage newest;
    private ConfigsImage alterations;
    private BrokerConfig config;

    public BrokerView(int brokerId, BrokerConfig given, NewestImage newest) {
        this.brokerId = brokerId;
        this.given = given;
        this.newest = newest;
        this.alterations = newest.get().configs();
        this.config = altered();
    }

    int brokerId() {
        return brokerId;
    }

    /** The newest image; another one may be newer still. */
    ClusterImage image() {
        return newest.get();
    }

    /** Where a broker can be reached on this listener; empty if it is unknown or not there. */
    Optional<Node> endpoint(int brokerId, String listener) {
        return image().broker(brokerId).flatMap(broker -> broker.endpoint(listener)
                .map(endpoint -> new Node(brokerId, endpoint.host(), endpoint.port(), broker.rack())));
    }

    /** The settings, altered ones included. */
    public BrokerConfig config() {
        ConfigsImage now = newest.get().configs();
        if (now != alterations) {
            alterations = now;
            config = altered();
        }
        return config;
    }

    /** Whether an API is served on a listener: each API is for clients and brokers, for controllers, or for both. */
    boolean serves(ApiKeys api, String listener) {
        ListenerSettings listeners = config.listeners();
        return (listeners.isForBrokers(listener) && api.inScope(ListenerType.BROKER))
                || (listeners.isForControllers(listener) && api.inScope(ListenerType.CONTROLLER));
    }

    private BrokerConfig altered() {
        return given.withDynamic(alterations.ofAllBrokers(), alterations.ofBroker(brokerId));
    }
}
