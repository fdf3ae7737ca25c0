package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who else is up: the membership of a cluster's brokers. Only a hint for elections and for the detection of dead brokers.
 *
 * @param enabled {@code cluster.membership} is {@code hazelcast}
 * @param host {@code cluster.membership.host}: the address that is bound, never that of every interface
 * @param port {@code cluster.membership.port}
 * @param members {@code cluster.membership.members}: {@code host} or {@code host:port} of the others; may be empty
 * @param kubernetesService {@code cluster.membership.kubernetes.service}; null if there is none
 */
public record MembershipSettings(
        boolean enabled,
        String host,
        int port,
        List<String> members,
        @Nullable String kubernetesService) {
    private static final String HAZELCAST = "hazelcast";
    private static final String MEMBER = "[A-Za-z0-9_.-]+(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{1,5})?";

    public MembershipSettings {
        members = List.copyOf(members);
    }

    static void declare(Declarations to) {
        to.area("Membership of the cluster")
                .fixed(
                        "cluster.membership",
                        STRING,
                        HAZELCAST,
                        Bounds.oneOf(HAZELCAST, "none"),
                        MEDIUM,
                        "How the brokers of a cluster see each other come and go, for fast elections. `none` leaves it to"
                                + " heartbeats and connections. A broker that is alone starts no membership.")
                .fixed(
                        "cluster.membership.host",
                        STRING,
                        "localhost",
                        Bounds.that(
                                "the host name or address of one interface", value -> isOneInterface((String) value)),
                        MEDIUM,
                        "The address that serves the membership, of one interface that the other brokers reach. Anybody who"
                                + " reaches it can disturb the membership, though not the data: keep the port to the brokers"
                                + " by a firewall.")
                .fixed(
                        "cluster.membership.port",
                        INT,
                        5701,
                        Bounds.between(1, 65_535),
                        MEDIUM,
                        "The port that serves the membership.")
                .fixed(
                        "cluster.membership.members",
                        LIST,
                        List.of(),
                        Bounds.that("a list of host or host:port", value -> ((Collection<?>) value)
                                .stream().allMatch(member -> isMember(String.valueOf(member)))),
                        MEDIUM,
                        "Where the other brokers serve their membership, as `host` or `host:port`; without a port it is that"
                                + " of `cluster.membership.port`. This broker may be among them. Names are looked up again.")
                .fixed(
                        "cluster.membership.kubernetes.service",
                        STRING,
                        null,
                        Bounds.that("a DNS name", value -> ((String) value).matches("[A-Za-z0-9_.-]{1,253}")),
                        LOW,
                        "The DNS name of a headless Kubernetes service whose addresses are those of the brokers, instead of"
                                + " `cluster.membership.members`. It must also name pods that are not ready.");
    }

    static MembershipSettings of(Values values) {
        return new MembershipSettings(
                values.text("cluster.membership").equals(HAZELCAST),
                values.text("cluster.membership.host"),
                values.number("cluster.membership.port"),
                values.list("cluster.membership.members"),
                values.textOrNull("cluster.membership.kubernetes.service"));
    }

    private static boolean isOneInterface(String host) {
        return host.matches("[^\\s/]+") && !host.matches("0\\.0\\.0\\.0|\\[?::]?");
    }

    private static boolean isMember(String text) {
        if (!text.matches(MEMBER)) {
            return false;
        }
        int colon = text.lastIndexOf(':');
        boolean withPort = colon > text.lastIndexOf(']') && colon > 0;
        if (!withPort) {
            return true;
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        return port >= 1 && port <= 65_535;
    }
}
