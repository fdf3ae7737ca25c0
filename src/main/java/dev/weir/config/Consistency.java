package dev.weir.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What two or more settings must hold together. Each check gives one line for an operator, or nothing. */
final class Consistency {
    private Consistency() {}

    /** The first contradiction; empty if there is none. */
    static Optional<String> problem(BrokerConfig config) {
        return Stream.of(
                        listeners(config.listeners().listeners(), config),
                        advertised(config),
                        listenersOfPeers(config),
                        network(config.network()),
                        directories(config.data().logDirs()),
                        classicGroups(config.classicGroups()),
                        consumerGroups(config.consumerGroups()),
                        compactionLag(config),
                        QuorumConfig.problem(config),
                        config.lifecycle().problem(),
                        config.replicaFetch().problem())
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> listeners(List<Listener> listeners, BrokerConfig config) {
        Set<String> names = new HashSet<>();
        Set<Integer> ports = new HashSet<>();
        for (Listener listener : listeners) {
            if (!names.add(listener.name())) {
                return Optional.of(
                        "listeners names " + listener.name() + " twice; each listener needs a name of its own");
            }
            if (listener.port() != 0 && !ports.add(listener.port())) {
                return Optional.of(
                        "listeners uses port " + listener.port() + " twice; each listener needs a port of its own");
            }
            String protocol =
                    SecurityProtocols.of(listener.name(), String.valueOf(config.value(ListenerSettings.PROTOCOLS)));
            if (protocol.isEmpty()) {
                return Optional.of("listeners names " + listener.name()
                        + ", but listener.security.protocol.map has no entry for it;" + " add " + listener.name()
                        + ":PLAINTEXT");
            }
            if (!protocol.equals(SecurityProtocols.PLAINTEXT)) {
                return Optional.of(
                        "listener " + listener.name() + " wants " + protocol + ", but only PLAINTEXT can be served");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> advertised(BrokerConfig config) {
        Object told = config.value(ListenerSettings.ADVERTISED);
        if (told instanceof List<?> texts) {
            Set<String> names = new HashSet<>();
            config.listeners().listeners().forEach(listener -> names.add(listener.name()));
            for (Listener listener :
                    ListenerSettings.parse(texts.stream().map(String::valueOf).toList())) {
                if (!names.contains(listener.name())) {
                    return Optional.of(
                            "advertised.listeners names " + listener.name() + ", which listeners doesn't have");
                }
            }
        }
        for (Listener listener : config.listeners().advertised()) {
            if (listener.isWildcard()) {
                return Optional.of("clients can't connect to " + listener.host()
                        + "; set advertised.listeners to an address of this"
                        + " machine that they can reach, such as " + listener.name() + "://broker.example.org:"
                        + listener.port());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> listenersOfPeers(BrokerConfig config) {
        ListenerSettings settings = config.listeners();
        List<String> names = settings.listeners().stream().map(Listener::name).toList();
        String among = String.join(", ", names);
        if (!settings.controllers().isEmpty() && settings.controllers().stream().noneMatch(names::contains)) {
            return Optional.of(ListenerSettings.CONTROLLERS + " names " + String.join(", ", settings.controllers())
                    + ", which listeners doesn't have; name one of " + among + " or add it to listeners");
        }
        if (names.stream().noneMatch(settings::isForBrokers)) {
            return Optional.of(ListenerSettings.CONTROLLERS
                    + " names every listener; clients need one that is not for controllers");
        }
        if (settings.controllers().contains(settings.interBroker())) {
            return Optional.of(ListenerSettings.INTER_BROKER + "=" + settings.interBroker() + " is also in "
                    + ListenerSettings.CONTROLLERS + "; name another listener, or leave "
                    + ListenerSettings.CONTROLLERS + " unset to use one for both");
        }
        return names.contains(settings.interBroker())
                ? Optional.empty()
                : Optional.of(ListenerSettings.INTER_BROKER + "=" + settings.interBroker()
                        + " is not valid: it must be one of the listeners, " + among);
    }

    private static Optional<String> network(NetworkSettings network) {
        return network.queuedMaxRequestBytes() >= network.maxRequestBytes()
                ? Optional.empty()
                : tooSmall(
                        NetworkSettings.QUEUED_BYTES,
                        network.queuedMaxRequestBytes(),
                        NetworkSettings.MAX_REQUEST_BYTES,
                        network.maxRequestBytes());
    }

    private static Optional<String> directories(List<String> dirs) {
        Set<String> seen = new HashSet<>();
        for (String dir : dirs) {
            if (dir.isBlank()) {
                return Optional.of("log.dirs names an empty directory");
            }
            if (!seen.add(dir)) {
                return Optional.of("log.dirs names " + dir + " twice");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> classicGroups(ClassicGroupSettings groups) {
        return groups.maxSessionTimeoutMs() >= groups.minSessionTimeoutMs()
                ? Optional.empty()
                : tooSmall(
                        "group.max.session.timeout.ms",
                        groups.maxSessionTimeoutMs(),
                        "group.min.session.timeout.ms",
                        groups.minSessionTimeoutMs());
    }

    private static Optional<String> consumerGroups(ConsumerGroupSettings groups) {
        Optional<String> session = between(
                "session.timeout.ms",
                groups.minSessionTimeoutMs(),
                groups.sessionTimeoutMs(),
                groups.maxSessionTimeoutMs());
        if (session.isPresent()) {
            return session;
        }
        Optional<String> heartbeat = between(
                "heartbeat.interval.ms",
                groups.minHeartbeatIntervalMs(),
                groups.heartbeatIntervalMs(),
                groups.maxHeartbeatIntervalMs());
        if (heartbeat.isPresent()) {
            return heartbeat;
        }
        Optional<String> assignment = between(
                "assignment.interval.ms",
                groups.minAssignmentIntervalMs(),
                groups.assignmentIntervalMs(),
                groups.maxAssignmentIntervalMs());
        if (assignment.isPresent()) {
            return assignment;
        }
        return groups.heartbeatIntervalMs() < groups.sessionTimeoutMs()
                ? Optional.empty()
                : Optional.of("group.consumer.heartbeat.interval.ms=" + groups.heartbeatIntervalMs()
                        + " is not valid: it must be less than group.consumer.session.timeout.ms="
                        + groups.sessionTimeoutMs());
    }

    private static Optional<String> between(String name, long min, long value, long max) {
        String prefix = "group.consumer.";
        if (value < min) {
            return tooSmall(prefix + name, value, prefix + "min." + name, min);
        }
        return value <= max ? Optional.empty() : tooSmall(prefix + "max." + name, max, prefix + name, value);
    }

    private static Optional<String> compactionLag(BrokerConfig config) {
        LogConfig log = TopicSettings.toLogConfig(config, Map.of());
        return log.minCompactionLagMs() <= log.maxCompactionLagMs()
                ? Optional.empty()
                : tooSmall(
                        "log.cleaner.max.compaction.lag.ms",
                        log.maxCompactionLagMs(),
                        "log.cleaner.min.compaction.lag.ms",
                        log.minCompactionLagMs());
    }

    private static Optional<String> tooSmall(String name, long value, String floorName, long floor) {
        return Optional.of(name + "=" + value + " is not valid: it must be at least " + floorName + "=" + floor);
    }
}
