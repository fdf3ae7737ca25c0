package dev.weir.network;

import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.BootstrapConfiguration;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.network.PlaintextChannelBuilder;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.raft.KafkaNetworkChannel;

/** The channel by which replicas of Kafka's own metadata quorum talk to each other, made as Kafka's server makes it. */
public final class KafkaChannels {
    private static final int REQUEST_TIMEOUT_MS = 20_000;

    private KafkaChannels() {}

    /** A channel that has not been started, to voters that name an endpoint of this listener. */
    public static KafkaNetworkChannel create(String listenerName) {
        Time time = Time.SYSTEM;
        LogContext log = new LogContext();
        ListenerName listener = new ListenerName(listenerName);
        PlaintextChannelBuilder plaintext = new PlaintextChannelBuilder(listener);
        plaintext.configure(Map.of());
        NetworkClient client = new NetworkClient(
                new Selector(-1, new Metrics(), time, "raft", plaintext, log),
                new ManualMetadataUpdater(),
                "raft-client",
                1,
                50,
                50,
                -1,
                -1,
                REQUEST_TIMEOUT_MS,
                REQUEST_TIMEOUT_MS,
                REQUEST_TIMEOUT_MS,
                time,
                true,
                new ApiVersions(),
                log,
                MetadataRecoveryStrategy.NONE,
                BootstrapConfiguration.DISABLED,
                false);
        return new KafkaNetworkChannel(time, listener, client, REQUEST_TIMEOUT_MS, "raft");
    }
}
