package dev.weir.controller.log;

import dev.weir.metadata.Feature;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.quorum.LogBatch;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.Record;

/** The control records of the metadata log, between the quorum's terms and Kafka's messages (KIP-595, 853). */
final class ControlRecords {
    /** {@code kraft.version} 1: the voters are in the log, with their directories. */
    private static final short KRAFT_VERSION = 1;

    private ControlRecords() {}

    static LeaderChangeMessage message(LogBatch.LeaderChange change) {
        return new LeaderChangeMessage()
                .setVersion(ControlRecordUtils.LEADER_CHANGE_CURRENT_VERSION)
                .setLeaderId(change.leaderId())
                .setVoters(ids(change.voters()))
                .setGrantingVoters(ids(change.granting()));
    }

    static LogBatch.LeaderChange change(LeaderChangeMessage message) {
        return new LogBatch.LeaderChange(
                message.leaderId(),
                message.voters().stream()
                        .map(LeaderChangeMessage.Voter::voterId)
                        .toList(),
                message.grantingVoters().stream()
                        .map(LeaderChangeMessage.Voter::voterId)
                        .toList());
    }

    static KRaftVersionRecord version() {
        return new KRaftVersionRecord()
                .setVersion(ControlRecordUtils.KRAFT_VERSION_CURRENT_VERSION)
                .setKRaftVersion(KRAFT_VERSION);
    }

    /**
     * The level of {@code kraft.version} in its control record, as the record of any other feature.
     *
     * @throws dev.weir.metadata.record.UnsupportedRecordException if this version cannot run at that level
     */
    static FeatureLevelRecord level(Record record) {
        short level = ControlRecordUtils.deserializeKRaftVersionRecord(record).kRaftVersion();
        return FeatureLevelRecord.supported(Feature.KRAFT_VERSION.featureName(), level);
    }

    static VotersRecord message(VoterSet set) {
        List<VotersRecord.Voter> voters = new ArrayList<>();
        for (Voter voter : set.voters()) {
            VotersRecord.EndpointCollection endpoints = new VotersRecord.EndpointCollection();
            voter.endpoints()
                    .forEach(endpoint -> endpoints.add(new VotersRecord.Endpoint()
                            .setName(endpoint.listener())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())));
            voters.add(new VotersRecord.Voter()
                    .setVoterId(voter.id())
                    .setVoterDirectoryId(voter.key().directoryId())
                    .setEndpoints(endpoints)
                    .setKRaftVersionFeature(new VotersRecord.KRaftVersionFeature()
                            .setMinSupportedVersion(voter.levels().min())
                            .setMaxSupportedVersion(voter.levels().max())));
        }
        return new VotersRecord()
                .setVersion(ControlRecordUtils.KRAFT_VOTERS_CURRENT_VERSION)
                .setVoters(voters);
    }

    static VoterSet voters(VotersRecord message) {
        return VoterSet.of(message.voters().stream()
                .map(voter -> new Voter(
                        new ReplicaKey(voter.voterId(), voter.voterDirectoryId()),
                        voter.endpoints().stream()
                                .map(at -> new Voter.Endpoint(at.name(), at.host(), at.port()))
                                .toList(),
                        new Voter.Levels(
                                voter.kRaftVersionFeature().minSupportedVersion(),
                                voter.kRaftVersionFeature().maxSupportedVersion())))
                .toList());
    }

    private static List<LeaderChangeMessage.Voter> ids(List<Integer> voters) {
        return voters.stream()
                .map(id -> new LeaderChangeMessage.Voter().setVoterId(id))
                .toList();
    }
}
