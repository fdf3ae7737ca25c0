package dev.weir.broker;

import dev.weir.cluster.Endpoint;
import dev.weir.cluster.Life;
import dev.weir.cluster.MembershipOptions;
import dev.weir.cluster.Peer;
import dev.weir.config.BrokerConfig;
import dev.weir.config.Listener;
import dev.weir.config.ListenerSettings;
import dev.weir.config.MembershipSettings;
import dev.weir.config.QuorumConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/** This broker's part in the membership, as its settings say. */
final class Memberships {
    private Memberships() {}

    /**
     * Returns how this broker takes part; empty if the membership is switched off. Unless the settings say where the members
     * are, they are looked for on the hosts of the other voters.
     */
    static Optional<MembershipOptions> options(BrokerConfig config, ListenerSettings listeners, Uuid incarnation) {
        MembershipSettings settings = config.membership();
        if (!settings.enabled()) {
            return Optional.empty();
        }
        Listener own = listeners.ofController().get(0);
        Peer self = new Peer(new Life(config.node().nodeId(), incarnation), new Endpoint(own.host(), own.port()));
        MembershipOptions options = MembershipOptions.of(self, config.node().clusterId(), settings);
        boolean told = !options.members().isEmpty() || options.service().isPresent();
        return Optional.of(told ? options : options.among(hostsOfVoters(config.quorum(), settings.port())));
    }

    private static List<Endpoint> hostsOfVoters(QuorumConfig quorum, int port) {
        return Stream.concat(quorum.voters().stream(), quorum.bootstrapServers().stream())
                .map(address -> new Endpoint(address.host(), port))
                .distinct()
                .toList();
    }
}
