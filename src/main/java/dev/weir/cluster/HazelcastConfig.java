package dev.weir.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.security.Security;
import java.util.List;
import java.util.Map;

/**
 * The configuration of the Hazelcast member: membership and nothing else, as few threads as it starts with, one interface, and
 * times that find a killed member in a fraction of a second. Each value was measured; decision 0017 tells why.
 */
final class HazelcastConfig {
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.shutdownhook.enabled", "false"),
            // Without it every interface is bound.
            Map.entry("hazelcast.socket.bind.any", "false"),
            // In KiB, twice for each connection, which needs no permission: the default lets 700 of them fill a heap.
            Map.entry("hazelcast.socket.receive.buffer.size", "8"),
            Map.entry("hazelcast.socket.send.buffer.size", "8"),
            Map.entry("hazelcast.socket.connect.timeout.seconds", "2"),
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "5"),
            Map.entry("hazelcast.connection.monitor.interval", "10"),
            Map.entry("hazelcast.connection.monitor.max.faults", "1"),
            // hazelcast.mastership.claim.timeout.seconds stays as it is: it is also the number of tries, and a lower
            // one splits
            // healthy members.
            Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
            Map.entry("hazelcast.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.max.join.seconds", "30"),
            // Members with another number are refused.
            Map.entry("hazelcast.partition.count", "1"),
            Map.entry("hazelcast.operation.thread.count", "2"),
            Map.entry("hazelcast.operation.generic.thread.count", "2"),
            Map.entry("hazelcast.operation.priority.generic.thread.count", "1"),
            Map.entry("hazelcast.operation.response.thread.count", "1"),
            Map.entry("hazelcast.io.thread.count", "1"),
            Map.entry("hazelcast.io.input.thread.count", "1"),
            Map.entry("hazelcast.io.output.thread.count", "1"),
            Map.entry("hazelcast.event.thread.count", "1"),
            Map.entry("hazelcast.event.queue.capacity", "1000"),
            Map.entry("hazelcast.clientengine.thread.count", "1"),
            Map.entry("hazelcast.clientengine.query.thread.count", "1"),
            Map.entry("hazelcast.clientengine.blocking.thread.count", "1"),
            Map.entry("hazelcast.io.balancer.interval.seconds", "0"),
            Map.entry("hazelcast.health.monitoring.level", "OFF"),
            Map.entry("hazelcast.slow.operation.detector.enabled", "false"));
    private static final String NAMES_TTL_SECONDS = "5";

    private HazelcastConfig() {}

    /** Sets what Hazelcast reads once for the whole process. To be called before its first class is used. */
    static void prepareProcess() {
        System.setProperty("hazelcast.logging.class", HazelcastLogging.class.getName());
        if (Security.getProperty("networkaddress.cache.ttl") == null) {
            // A pod that is replaced keeps its name and changes its address.
            Security.setProperty("networkaddress.cache.ttl", NAMES_TTL_SECONDS);
        }
    }

    /** @throws IOException if the host to bind has no address */
    static Config of(MembershipOptions options, List<Endpoint> members) throws IOException {
        InetAddress bound = InetAddress.getByName(options.host());
        Config config = new Config();
        config.setClusterName(options.group());
        // After a split the side with more members that hold data wins; of lite members a lone one may.
        config.setLiteMember(false);
        // Its REST API is off unless it is switched on, and what switches it is about to go.
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        PeerAttributes.of(options.self()).forEach(config.getMemberAttributeConfig()::setAttribute);
        // With its defaults: a stricter one refuses the exceptions that members answer each other with.
        config.getSerializationConfig().setJavaSerializationFilterConfig(new JavaSerializationFilterConfig());
        config.getNetworkConfig().setPort(options.port()).setPortAutoIncrement(false);
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(1).setMembers(texts(members));
        PROPERTIES.forEach(config::setProperty);
        // Not by interfaces, with which members that are given by name are passed over.
        config.setProperty("hazelcast.local.localAddress", bound.getHostAddress());
        config.setProperty("hazelcast.prefer.ipv4.stack", Boolean.toString(!(bound instanceof Inet6Address)));
        return config;
    }

    static List<String> texts(List<Endpoint> members) {
        return members.stream().map(Endpoint::toString).toList();
    }
}
