package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.AddVoter;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AddRaftVoterOptions;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BeginQuorumEpochResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.Endpoints;
import org.apache.kafka.raft.KafkaNetworkChannel;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kafka's own clients at a broker's listener for peers: the channel of its quorum, and its administrator of controllers. */
class KafkaPeersTest {
    private static final String CLUSTER = "cluster";
    private static final TopicPartition LOG = new TopicPartition("__cluster_metadata", 0);
    private static final ReplicaKey ONE = new ReplicaKey(1, new Uuid(1, 11));
    private static final ReplicaKey TWO = new ReplicaKey(2, new Uuid(2, 22));
    private static final org.apache.kafka.raft.ReplicaKey KAFKA_ONE =
            org.apache.kafka.raft.ReplicaKey.of(1, ONE.directoryId());
    private static final org.apache.kafka.raft.ReplicaKey KAFKA_TWO =
            org.apache.kafka.raft.ReplicaKey.of(2, TWO.directoryId());

    private PeerNode two;

    @BeforeEach
    void start() throws Exception {
        two = new PeerNode(2, CLUSTER, 1 << 20);
    }

    @AfterEach
    void stop() throws Exception {
        two.close();
    }

    @Test
    void shouldAnswerTheChannelOfKafkasQuorum() throws Exception {
        two.quorum.leader(2, two.port, true);
        two.quorum.answer(request -> {
            if (request instanceof Vote) {
                return QuorumAnswer.of(new VoteResponse(Errors.NONE, 5, 2, true));
            } else if (request instanceof Fetch) {
                return new QuorumAnswer(
                        new FetchResponse(Errors.NONE, 5, 2, 70, Optional.empty(), Optional.empty(), List.of()),
                        ByteBuffer.wrap(new byte[] {1, 2, 3}));
            }
            return QuorumAnswer.of(new EpochResponse(Errors.NONE, 5, 2));
        });
        FetchRequestData fetch = RaftUtil.singletonFetchRequest(LOG, Uuid.METADATA_TOPIC_ID, partition -> partition
                        .setCurrentLeaderEpoch(5)
                        .setLastFetchedEpoch(4)
                        .setFetchOffset(77)
                        .setReplicaDirectoryId(ONE.directoryId())
                        .setHighWatermark(70))
                .setClusterId(CLUSTER)
                .setMaxWaitMs(100)
                .setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(1));

        KafkaNetworkChannel channel = channel();
        try {
            VoteResponseData vote = (VoteResponseData)
                    ask(channel, RaftUtil.singletonVoteRequest(LOG, CLUSTER, 5, KAFKA_ONE, KAFKA_TWO, 4, 77, true));
            BeginQuorumEpochResponseData begun = (BeginQuorumEpochResponseData) ask(
                    channel,
                    RaftUtil.singletonBeginQuorumEpochRequest(LOG, CLUSTER, 5, 1, Endpoints.empty(), KAFKA_TWO));
            FetchResponseData fetched = (FetchResponseData) ask(channel, fetch);

            assertThat(vote.topics().get(0).partitions().get(0).voteGranted()).isTrue();
            assertThat(vote.nodeEndpoints().find(2).port()).isEqualTo(two.port);
            assertThat(begun.topics().get(0).partitions().get(0).leaderId()).isEqualTo(2);
            FetchResponseData.PartitionData partition =
                    fetched.responses().get(0).partitions().get(0);
            assertThat(partition.currentLeader().leaderEpoch()).isEqualTo(5);
            assertThat(partition.highWatermark()).isEqualTo(70);
            assertThat(partition.records().sizeInBytes()).isEqualTo(3);
            assertThat(two.quorum.requests)
                    .containsExactly(
                            new Vote(ONE, TWO, 5, new OffsetAndEpoch(77, 4), true, Optional.of(CLUSTER)),
                            new BeginQuorumEpoch(1, 5, TWO, Optional.of(CLUSTER)),
                            new Fetch(ONE, 5, 77, 4, 70, 100));
        } finally {
            channel.close();
        }
    }

    @Test
    void shouldLetKafkasAdministratorDescribeAndChangeTheQuorum() throws Exception {
        two.quorum.leader(2, two.port, true);
        two.quorum.answer(request -> QuorumAnswer.of(new VoterChangeResponse(Errors.NONE, 5, 2, "")));

        try (Admin admin = Admin.create(Map.of("bootstrap.controllers", "127.0.0.1:" + two.port))) {
            QuorumInfo info = admin.describeMetadataQuorum().quorumInfo().get(20, TimeUnit.SECONDS);
            admin.addRaftVoter(
                            1,
                            ONE.directoryId(),
                            Set.of(new RaftVoterEndpoint("CONTROLLER", "one.example", 9093)),
                            new AddRaftVoterOptions().setClusterId(Optional.of(CLUSTER)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            admin.removeRaftVoter(1, ONE.directoryId()).all().get(20, TimeUnit.SECONDS);

            assertThat(info.leaderId()).isEqualTo(2);
            assertThat(info.leaderEpoch()).isEqualTo(5);
            assertThat(info.highWatermark()).isEqualTo(42);
            assertThat(info.voters()).singleElement().satisfies(voter -> assertThat(voter.logEndOffset())
                    .isEqualTo(43));
            List<QuorumRequest> expected = List.of(
                    new AddVoter(new Voter(ONE, List.of(new Voter.Endpoint("CONTROLLER", "one.example", 9093)))),
                    new RemoveVoter(ONE));
            assertThat(two.quorum.requests).isEqualTo(expected);
        }
    }

    private static KafkaNetworkChannel channel() {
        KafkaNetworkChannel channel = KafkaChannels.create("PLAINTEXT");
        channel.start();
        return channel;
    }

    private ApiMessage ask(KafkaNetworkChannel channel, ApiMessage request) throws Exception {
        Node node = new Node(2, "127.0.0.1", two.port);
        return channel.send(
                        new RaftRequest.Outbound(channel.newCorrelationId(), request, node, Time.SYSTEM.milliseconds()))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .data();
    }
}
