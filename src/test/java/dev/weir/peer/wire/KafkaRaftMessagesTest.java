package dev.weir.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.Voter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.raft.Endpoints;
import org.apache.kafka.raft.RaftUtil;
import org.apache.kafka.raft.ReplicaKey;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.junit.jupiter.api.Test;

/** The messages are those that Kafka's own quorum makes of the same. */
class KafkaRaftMessagesTest {
    private static final String CLUSTER = "cluster";
    private static final TopicPartition LOG = new TopicPartition("__cluster_metadata", 0);
    private static final ReplicaKey ONE = ReplicaKey.of(1, new Uuid(1, 11));
    private static final ReplicaKey TWO = ReplicaKey.of(2, new Uuid(2, 22));
    private static final ListenerName LISTENER = new ListenerName("CONTROLLER");
    private static final Endpoints ENDPOINTS = Endpoints.fromInetSocketAddresses(
            Map.of(LISTENER, InetSocketAddress.createUnresolved("one.example", 9093)));
    private static final Sender SENDER = new Sender(CLUSTER, WireSamples.ENDPOINTS.subList(0, 1), 5);
    private static final Voter VOTER = new Voter(WireSamples.ONE, WireSamples.ENDPOINTS.subList(0, 1));
    private static final Optional<LeaderNode> LEADER = Optional.of(new LeaderNode(1, "one.example", 9093));

    private static ApiMessage ours(QuorumRequest request) {
        return QuorumApis.of(request).request(request, SENDER);
    }

    private static ApiMessage ours(QuorumRequest request, QuorumAnswer answer, short version) {
        return QuorumApis.of(request).response(request, answer, LEADER, version);
    }

    @Test
    void shouldAskForAVoteAsKafkaDoes() {
        for (boolean preVote : List.of(true, false)) {
            Vote vote = new Vote(WireSamples.ONE, WireSamples.TWO, 5, WireSamples.END, preVote, Optional.of(CLUSTER));

            assertThat(ours(vote)).isEqualTo(RaftUtil.singletonVoteRequest(LOG, CLUSTER, 5, ONE, TWO, 4, 77, preVote));
        }
    }

    @Test
    void shouldAnswerAVoteAsKafkaDoes() {
        Vote vote = new Vote(WireSamples.ONE, WireSamples.TWO, 5, WireSamples.END, false, Optional.of(CLUSTER));
        QuorumAnswer answer = QuorumAnswer.of(new VoteResponse(Errors.FENCED_LEADER_EPOCH, 6, 1, false));

        for (short version : new short[] {0, 1, 2}) {
            assertThat(ours(vote, answer, version))
                    .isEqualTo(RaftUtil.singletonVoteResponse(
                            LISTENER, version, Errors.NONE, LOG, Errors.FENCED_LEADER_EPOCH, 6, 1, false, ENDPOINTS));
        }
    }

    @Test
    void shouldBeginAndEndAnEpochAsKafkaDoes() {
        assertThat(ours(new BeginQuorumEpoch(1, 5, WireSamples.TWO, Optional.of(CLUSTER))))
                .isEqualTo(RaftUtil.singletonBeginQuorumEpochRequest(LOG, CLUSTER, 5, 1, ENDPOINTS, TWO));
        org.apache.kafka.common.message.EndQuorumEpochRequestData kafkas =
                RaftUtil.singletonEndQuorumEpochRequest(LOG, CLUSTER, 5, 1, List.of(TWO, ONE));
        org.apache.kafka.common.message.EndQuorumEpochRequestData end =
                (org.apache.kafka.common.message.EndQuorumEpochRequestData)
                        ours(new EndQuorumEpoch(1, 5, List.of(WireSamples.TWO, WireSamples.ONE)));
        assertThat(end.topics()).isEqualTo(kafkas.topics());
        QuorumAnswer answer = QuorumAnswer.of(new EpochResponse(Errors.NONE, 5, 1));
        for (short version : new short[] {0, 1}) {
            assertThat(ours(new BeginQuorumEpoch(1, 5, WireSamples.TWO, Optional.of(CLUSTER)), answer, version))
                    .isEqualTo(RaftUtil.singletonBeginQuorumEpochResponse(
                            LISTENER, version, Errors.NONE, LOG, Errors.NONE, 5, 1, ENDPOINTS));
            assertThat(ours(new EndQuorumEpoch(1, 5, List.of()), answer, version))
                    .isEqualTo(RaftUtil.singletonEndQuorumEpochResponse(
                            LISTENER, version, Errors.NONE, LOG, Errors.NONE, 5, 1, ENDPOINTS));
        }
    }

    @Test
    void shouldFetchAsKafkaDoes() {
        Fetch fetch = new Fetch(WireSamples.TWO, 5, 77, 4, 70, 500);
        FetchRequestData kafkas = RaftUtil.singletonFetchRequest(LOG, Uuid.METADATA_TOPIC_ID, partition -> partition
                .setCurrentLeaderEpoch(5)
                .setLastFetchedEpoch(4)
                .setFetchOffset(77)
                .setReplicaDirectoryId(TWO.directoryId().orElseThrow())
                .setHighWatermark(70));

        FetchRequestData message = (FetchRequestData) ours(fetch);

        message.topics().get(0).partitions().get(0).setPartitionMaxBytes(0);
        assertThat(message.topics()).isEqualTo(kafkas.topics());
        assertThat(message.replicaState().replicaId()).isEqualTo(2);
    }

    @Test
    void shouldFetchASnapshotAsKafkaDoes() {
        FetchSnapshot fetch = new FetchSnapshot(WireSamples.TWO, 5, WireSamples.END, 1_000);
        org.apache.kafka.common.message.FetchSnapshotRequestData message =
                (org.apache.kafka.common.message.FetchSnapshotRequestData) ours(fetch);

        assertThat(message)
                .isEqualTo(RaftUtil.singletonFetchSnapshotRequest(
                        CLUSTER, TWO, LOG, 5, new OffsetAndEpoch(77, 4), message.maxBytes(), 1_000));
    }

    @Test
    void shouldUpdateAVoterAsKafkaDoes() {
        assertThat(ours(new UpdateVoter(VOTER)))
                .isEqualTo(RaftUtil.updateVoterRequest(
                        CLUSTER, ONE, 5, new SupportedVersionRange((short) 0, (short) 1), ENDPOINTS));
    }

    @Test
    void shouldAddAndRemoveVotersAsKafkaDoes() {
        assertThat(ours(new QuorumRequest.AddVoter(VOTER)))
                .isEqualTo(RaftUtil.addVoterRequest(CLUSTER, 30_000, ONE, ENDPOINTS, true));
        assertThat(ours(new QuorumRequest.RemoveVoter(WireSamples.TWO)))
                .isEqualTo(RaftUtil.removeVoterRequest(CLUSTER, TWO));
    }
}
