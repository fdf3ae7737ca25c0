package dev.weir.broker;

import dev.weir.config.BrokerConfig;
import dev.weir.config.ListenerSettings;
import dev.weir.config.QuorumConfig;
import dev.weir.controller.log.QuorumSetup;
import dev.weir.controller.log.SnapshotPolicy;
import dev.weir.metadata.Feature;
import dev.weir.quorum.QuorumSettings;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** This broker's part in the metadata quorum, as its settings say. */
final class Quorums {
    private Quorums() {}

    /**
     * Returns which replica of the metadata log this broker is.
     *
     * @param listeners as they are bound
     * @param clusterId empty if the first leader is to make it
     * @param directoryId of the directory with the metadata log
     */
    static QuorumSetup setup(
            BrokerConfig config, ListenerSettings listeners, Optional<String> clusterId, Uuid directoryId) {
        QuorumConfig quorum = config.quorum();
        QuorumSettings settings = new QuorumSettings(
                quorum.electionTimeoutMs(),
                quorum.fetchTimeoutMs(),
                quorum.electionBackoffMaxMs(),
                quorum.requestTimeoutMs(),
                quorum.retryBackoffMs(),
                QuorumSettings.DEFAULT.fetchMaxWaitMs(),
                QuorumSettings.DEFAULT.diskStallMs());
        SnapshotPolicy snapshots = new SnapshotPolicy(
                config.metadataLog().snapshotBytes(), config.metadataLog().snapshotIntervalMs());
        Voter self = new Voter(
                new ReplicaKey(config.node().nodeId(), directoryId),
                endpoints(listeners),
                new Voter.Levels(
                        Feature.KRAFT_VERSION.supported().min(),
                        Feature.KRAFT_VERSION.supported().max()));
        return new QuorumSetup(clusterId, self, voters(config, listeners), settings, snapshots);
    }

    /** Where this broker's replica is reached by others. */
    static List<Voter.Endpoint> endpoints(ListenerSettings listeners) {
        return listeners.ofController().stream()
                .map(one -> new Voter.Endpoint(one.name(), one.host(), one.port()))
                .toList();
    }

    /** The configured voters; this broker alone if none are named, and nobody if it joins a cluster. */
    private static VoterSet voters(BrokerConfig config, ListenerSettings listeners) {
        List<Voter> voters = new ArrayList<>();
        for (QuorumConfig.Address voter : config.quorum().voters()) {
            Voter.Endpoint at = new Voter.Endpoint(listeners.controllerListener(), voter.host(), voter.port());
            voters.add(new Voter(ReplicaKey.of(voter.id()), List.of(at)));
        }
        if (voters.isEmpty() && config.quorum().bootstrapServers().isEmpty()) {
            voters.add(new Voter(ReplicaKey.of(config.node().nodeId()), endpoints(listeners)));
        }
        return VoterSet.of(voters);
    }
}
