package dev.weir.cluster;

import dev.weir.config.MembershipSettings;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How this broker takes part in the membership. Immutable.
 *
 * @param self this broker
 * @param group the name that members have in common; members of another one never see each other
 * @param host the host name or address of the one interface that is bound
 * @param port the port that is bound
 * @param members where the others are, each with a port
 * @param service the DNS name that has an address for each member, if there is one
 */
public record MembershipOptions(
        Peer self, String group, String host, int port, List<Endpoint> members, Optional<String> service) {
    public MembershipOptions {
        members = List.copyOf(members);
    }

    /**
     * Makes the options from the settings.
     *
     * @param clusterId {@code cluster.id} as configured. An id that is only found in a directory is no use for the name of
     *     the group: a new broker does not know it yet.
     */
    public static MembershipOptions of(Peer self, @Nullable String clusterId, MembershipSettings settings) {
        List<Endpoint> members = settings.members().stream()
                .map(text -> endpoint(text, settings.port()))
                .toList();
        return new MembershipOptions(
                self,
                clusterId == null ? "weir" : "weir-" + clusterId,
                bare(settings.host()),
                settings.port(),
                members,
                Optional.ofNullable(settings.kubernetesService()));
    }

    /** The same, with the members there. */
    public MembershipOptions among(List<Endpoint> others) {
        return new MembershipOptions(self, group, host, port, others, service);
    }

    private static Endpoint endpoint(String text, int defaultPort) {
        boolean withPort = text.lastIndexOf(':') > text.lastIndexOf(']');
        return withPort
                ? Endpoint.parse(text).orElseThrow(() -> new IllegalArgumentException("not a member: " + text))
                : new Endpoint(bare(text), defaultPort);
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
