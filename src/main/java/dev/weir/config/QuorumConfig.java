package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who keeps the metadata log together with this broker, and how long it waits for the others. Times are in milliseconds.
 *
 * @param voters {@code controller.quorum.voters}: empty if this broker is the only one, or joins through a bootstrap server
 * @param bootstrapServers {@code controller.quorum.bootstrap.servers}
 * @param electionTimeoutMs {@code controller.quorum.election.timeout.ms}
 * @param fetchTimeoutMs {@code controller.quorum.fetch.timeout.ms}
 * @param electionBackoffMaxMs {@code controller.quorum.election.backoff.max.ms}
 * @param requestTimeoutMs {@code controller.quorum.request.timeout.ms}
 * @param retryBackoffMs {@code controller.quorum.retry.backoff.ms}
 */
public record QuorumConfig(
        List<Address> voters,
        List<Address> bootstrapServers,
        int electionTimeoutMs,
        int fetchTimeoutMs,
        int electionBackoffMaxMs,
        int requestTimeoutMs,
        int retryBackoffMs) {
    static final String VOTERS = "controller.quorum.voters";
    static final String BOOTSTRAP_SERVERS = "controller.quorum.bootstrap.servers";

    private static final int MAX_PORT = 65_535;
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,9})@)?(?:\\[([0-9A-Fa-f:.%]+)]|([^@/:\\[\\]\\s]+)):(\\d{1,5})");

    public QuorumConfig {
        voters = List.copyOf(voters);
        bootstrapServers = List.copyOf(bootstrapServers);
    }

    /**
     * Where a voter listens.
     *
     * @param id the broker's id; -1 for a bootstrap server
     * @param host a name or an address
     * @param port from 1 on
     */
    public record Address(int id, String host, int port) {}

    static void declare(Declarations to) {
        to.area("Metadata quorum")
                .fixed(
                        VOTERS,
                        LIST,
                        List.of(),
                        Bounds.that("a list of id@host:port, each id once", QuorumConfig::areVoters),
                        HIGH,
                        "The brokers that keep the metadata log together, as `id@host:port`, the same list on each of them. They"
                                + " count until the log names its voters. Without any, this broker is the only one, unless"
                                + " `controller.quorum.bootstrap.servers` names others.")
                .fixed(
                        BOOTSTRAP_SERVERS,
                        LIST,
                        List.of(),
                        Bounds.that("a list of host:port", QuorumConfig::areServers),
                        HIGH,
                        "Brokers of a cluster that this one joins, as `host:port`. It follows their metadata log, and becomes a"
                                + " voter with `kafka-metadata-quorum add-controller`.")
                .fixed(
                        "controller.quorum.election.timeout.ms",
                        INT,
                        1_000,
                        Bounds.atLeast(1),
                        HIGH,
                        "How long an election may take, and how long a voter that knows no leader waits before it stands, up"
                                + " to twice that long, in milliseconds.")
                .fixed(
                        "controller.quorum.fetch.timeout.ms",
                        INT,
                        2_000,
                        Bounds.atLeast(1),
                        HIGH,
                        "How long a voter hears nothing from the leader before it stands; a leader that hears nothing from a"
                                + " majority resigns after one and a half times as long, in milliseconds.")
                .fixed(
                        "controller.quorum.election.backoff.max.ms",
                        INT,
                        1_000,
                        Bounds.atLeast(1),
                        HIGH,
                        "The longest pause after a lost election, in milliseconds.")
                .fixed(
                        "controller.quorum.request.timeout.ms",
                        INT,
                        2_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "How long a request to another voter may be unanswered, in milliseconds.")
                .fixed(
                        "controller.quorum.retry.backoff.ms",
                        INT,
                        20,
                        Bounds.atLeast(1),
                        LOW,
                        "The pause before a failed request to another voter is repeated, in milliseconds.");
    }

    static QuorumConfig of(Values values) {
        return new QuorumConfig(
                addresses(values.list(VOTERS)),
                addresses(values.list(BOOTSTRAP_SERVERS)),
                values.number("controller.quorum.election.timeout.ms"),
                values.number("controller.quorum.fetch.timeout.ms"),
                values.number("controller.quorum.election.backoff.max.ms"),
                values.number("controller.quorum.request.timeout.ms"),
                values.number("controller.quorum.retry.backoff.ms"));
    }

    /** Whether no other broker is named. */
    public boolean isAlone(int nodeId) {
        return bootstrapServers.isEmpty() && voters.stream().allMatch(voter -> voter.id() == nodeId);
    }

    /** Why this broker cannot have this quorum; empty if it can. */
    static Optional<String> problem(BrokerConfig config) {
        QuorumConfig quorum = config.quorum();
        int id = config.node().nodeId();
        for (Address voter : quorum.voters()) {
            boolean here = config.listeners().advertised().stream()
                    .anyMatch(listener -> listener.port() == voter.port()
                            && listener.port() != 0
                            && listener.host().equals(voter.host()));
            if (here && voter.id() != id) {
                return Optional.of(VOTERS + " gives this broker's address " + voter.host() + ":" + voter.port()
                        + " to voter " + voter.id() + ", but node.id is " + id + "; set node.id, or correct the list");
            }
        }
        return Optional.empty();
    }

    private static List<Address> addresses(List<String> texts) {
        return texts.stream()
                .map(text -> parsed(text).orElseThrow(() -> new IllegalArgumentException("not an address: " + text)))
                .toList();
    }

    private static boolean areVoters(Object value) {
        Set<Integer> ids = new HashSet<>();
        return ((Collection<?>) value)
                .stream()
                        .map(text -> parsed(String.valueOf(text)).orElse(null))
                        .allMatch(voter -> voter != null && voter.id() >= 0 && ids.add(voter.id()));
    }

    private static boolean areServers(Object value) {
        return ((Collection<?>) value)
                .stream()
                        .map(text -> parsed(String.valueOf(text)).orElse(null))
                        .allMatch(server -> Objects.nonNull(server) && server.id() < 0);
    }

    private static Optional<Address> parsed(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        int id = form.group(1) == null ? -1 : Integer.parseInt(form.group(1));
        String host = form.group(2) != null ? form.group(2) : form.group(3);
        int port = Integer.parseInt(form.group(4));
        return host != null && port > 0 && port <= MAX_PORT
                ? Optional.of(new Address(id, host, port))
                : Optional.empty();
    }
}
