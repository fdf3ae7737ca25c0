package dev.weir.network;

import static dev.weir.network.PeerNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.peer.PeerEndpoint;
import dev.weir.peer.PeerPurpose;
import dev.weir.peer.QuorumPeers;
import dev.weir.quorum.LogBatch;
import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.AddVoter;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import dev.weir.quorum.QuorumTransport;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two brokers' networks over loopback, each with a quorum of the test behind it. */
class PeersTest {
    private static final String CLUSTER = "cluster";
    private static final int LITTLE_MEMORY = 1 << 20;
    private static final ReplicaKey ONE = new ReplicaKey(1, new Uuid(1, 11));
    private static final ReplicaKey TWO = new ReplicaKey(2, new Uuid(2, 22));
    private static final OffsetAndEpoch END = new OffsetAndEpoch(77, 4);

    private PeerNode one;
    private PeerNode two;
    private VoterSet voters;

    @BeforeEach
    void start() throws Exception {
        one = new PeerNode(1, CLUSTER, LITTLE_MEMORY);
        two = new PeerNode(2, CLUSTER, LITTLE_MEMORY);
        voters = VoterSet.of(List.of(new Voter(TWO, List.of(new Voter.Endpoint("PLAINTEXT", "127.0.0.1", two.port)))));
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        two.close();
    }

    private QuorumPeers transport(String clusterId, List<PeerEndpoint> bootstrap) {
        return new QuorumPeers(
                one.peers,
                () -> clusterId,
                new QuorumPeers.Settings(
                        "PLAINTEXT",
                        List.of(new Voter.Endpoint("PLAINTEXT", "127.0.0.1", one.port)),
                        bootstrap,
                        15_000));
    }

    private QuorumAnswer ask(QuorumTransport transport, int to, QuorumRequest request) throws Exception {
        CompletableFuture<QuorumAnswer> answer = new CompletableFuture<>();
        transport.send(
                to,
                voters,
                request,
                answer::complete,
                () -> answer.completeExceptionally(new IllegalStateException("unanswered")));
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void shouldCarryEveryRequestOfTheQuorumToThePeerAndItsAnswerBack() throws Exception {
        QuorumTransport transport = transport(CLUSTER, List.of());
        two.quorum.leader(3, 9_999, false);
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3});
        Voter voter = new Voter(ONE, List.of(new Voter.Endpoint("PLAINTEXT", "127.0.0.1", 9)));
        List<QuorumRequest> requests = List.of(
                new Vote(ONE, TWO, 5, END, true, Optional.of(CLUSTER)),
                new Vote(ONE, TWO, 5, END, false, Optional.of(CLUSTER)),
                new BeginQuorumEpoch(1, 5, TWO, Optional.of(CLUSTER)),
                new EndQuorumEpoch(1, 5, List.of(TWO)),
                new Fetch(ONE, 5, 77, 4, 70, 100),
                new FetchSnapshot(ONE, 5, END, 1_000),
                new UpdateVoter(voter));
        two.quorum.answer(request -> {
            if (request instanceof Vote) {
                return QuorumAnswer.of(new VoteResponse(Errors.NONE, 5, 3, true));
            } else if (request instanceof Fetch) {
                return new QuorumAnswer(fetched(), bytes);
            } else if (request instanceof FetchSnapshot) {
                return new QuorumAnswer(
                        new FetchSnapshotResponse(Errors.NONE, 5, 3, END, 1_000, 3, 5_000, Optional.empty()), bytes);
            } else if (request instanceof UpdateVoter) {
                return QuorumAnswer.of(new VoterChangeResponse(Errors.NONE, 5, 3, ""));
            }
            return QuorumAnswer.of(new EpochResponse(Errors.NONE, 5, 3));
        });

        List<QuorumAnswer> answers = new ArrayList<>();
        for (QuorumRequest request : requests) {
            answers.add(ask(transport, 2, request));
        }

        assertThat(two.quorum.requests).isEqualTo(requests);
        assertThat(answers.get(1).response()).isEqualTo(new VoteResponse(Errors.NONE, 5, 3, true));
        assertThat(answers.get(2).response()).isEqualTo(new EpochResponse(Errors.NONE, 5, 3));
        assertThat(answers.get(4)).isEqualTo(new QuorumAnswer(fetched(), bytes));
        assertThat(answers.get(5).bytes()).isEqualTo(bytes);
        assertThat(answers.get(6).response()).isEqualTo(new VoterChangeResponse(Errors.NONE, 5, 3, ""));
    }

    @Test
    void shouldLearnFromABootstrapServerWhereTheLeaderIs() throws Exception {
        QuorumTransport transport = transport(CLUSTER, List.of(one.endpoint()));
        VoterSet none = VoterSet.EMPTY;
        voters = none;
        one.quorum.leader(2, two.port, false);
        one.quorum.answer(request -> QuorumAnswer.of(refused(2)));
        two.quorum.answer(request -> QuorumAnswer.of(fetched()));
        Fetch fetch = new Fetch(ONE, 0, 0, 0, 0, 100);

        assertThat(ask(transport, QuorumTransport.ANY_BOOTSTRAP_SERVER, fetch).response())
                .isEqualTo(refused(2));
        assertThat(ask(transport, 2, fetch).response()).isEqualTo(fetched());
    }

    @Test
    void shouldNotAnswerForAnotherCluster() throws Exception {
        QuorumTransport transport = transport("another", List.of());
        List<QuorumRequest> requests = List.of(
                new Vote(ONE, TWO, 5, END, false, Optional.of("another")),
                new BeginQuorumEpoch(1, 5, TWO, Optional.of("another")),
                new EndQuorumEpoch(1, 5, List.of(TWO)),
                new Fetch(ONE, 5, 77, 4, 70, 100),
                new FetchSnapshot(ONE, 5, END, 1_000));
        for (QuorumRequest request : requests) {
            assertThat(ask(transport, 2, request).response().error()).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        }
        two.quorum.leader(2, two.port, true);
        for (QuorumRequest request : List.of(new AddVoter(new Voter(ONE, List.of())), new RemoveVoter(ONE))) {
            assertThat(ask(transport, 2, request).response().error()).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        }
        assertThat(two.quorum.requests).isEmpty();
    }

    @Test
    void shouldLetVotersMeetBeforeTheyKnowTheirCluster() throws Exception {
        QuorumAnswer granted = QuorumAnswer.of(new VoteResponse(Errors.NONE, 5, -1, true));
        two.quorum.answer(request -> granted);
        Vote knowing = new Vote(ONE, TWO, 5, END, false, Optional.of(CLUSTER));
        Vote unknowing = new Vote(ONE, TWO, 5, END, false, Optional.empty());

        assertThat(ask(transport("", List.of()), 2, unknowing)).isEqualTo(granted);
        try (PeerNode fresh = new PeerNode(2, "", LITTLE_MEMORY)) {
            fresh.quorum.answer(request -> granted);
            voters = VoterSet.of(
                    List.of(new Voter(TWO, List.of(new Voter.Endpoint("PLAINTEXT", "127.0.0.1", fresh.port)))));
            assertThat(ask(transport(CLUSTER, List.of()), 2, knowing)).isEqualTo(granted);
            assertThat(fresh.quorum.requests).isEqualTo(List.of(knowing));
        }
        assertThat(two.quorum.requests).isEqualTo(List.of(unknowing));
    }

    @Test
    void shouldLetBrokersThroughWhileClientsFillTheMemoryForRequests() throws Exception {
        two.quorum.answer(request -> QuorumAnswer.of(new VoteResponse(Errors.NONE, 5, -1, true)));
        VoteRequestData large = new VoteRequestData().setClusterId(CLUSTER);
        for (int i = 0; i < 10_000; i++) {
            large.topics().add(new VoteRequestData.TopicData().setTopicName("a topic with a rather long name " + i));
        }
        // A Produce whose body is longer than the memory: what has come of it is held, and everything is used up.
        try (Socket greedy = new Socket(InetAddress.getLoopbackAddress(), two.port);
                Socket waiting = new Socket(InetAddress.getLoopbackAddress(), two.port)) {
            DataOutputStream produce = new DataOutputStream(greedy.getOutputStream());
            produce.writeInt(LITTLE_MEMORY);
            produce.writeShort(ApiKeys.PRODUCE.id);
            produce.write(new byte[LITTLE_MEMORY - 10]);
            produce.flush();
            DataOutputStream another = new DataOutputStream(waiting.getOutputStream());
            another.writeInt(100);
            another.writeShort(ApiKeys.METADATA.id);
            another.write(new byte[98]);
            another.flush();
            Awaitility.await().until(() -> two.usedMemory() >= LITTLE_MEMORY);

            QuorumAnswer answer =
                    ask(transport(CLUSTER, List.of()), 2, new Vote(ONE, TWO, 5, END, false, Optional.of(CLUSTER)));

            assertThat(answer.response()).isEqualTo(new VoteResponse(Errors.NONE, 5, -1, true));
            VoteResponseData answerToLarge =
                    (VoteResponseData) await(one.peers.send(two.endpoint(), PeerPurpose.CONTROL, large, 15_000));
            assertThat(answerToLarge.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        }
    }

    @Test
    void shouldRefuseAVoteOnAnythingButTheMetadataLog() throws Exception {
        VoteResponseData response = (VoteResponseData) await(one.peers.send(
                two.endpoint(), PeerPurpose.QUORUM, new VoteRequestData().setClusterId(CLUSTER), 15_000));

        assertThat(response.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void shouldDescribeTheQuorumWhereverItIsAsked() throws Exception {
        one.quorum.leader(2, two.port, false);
        two.quorum.leader(2, two.port, true);
        DescribeQuorumRequestData request = new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()))));

        DescribeQuorumResponseData response = (DescribeQuorumResponseData)
                await(two.peers.send(one.endpoint(), PeerPurpose.CONTROL, request, 15_000));

        DescribeQuorumResponseData.PartitionData partition =
                response.topics().get(0).partitions().get(0);
        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.NONE);
        assertThat(partition.leaderId()).isEqualTo(2);
        assertThat(partition.highWatermark()).isEqualTo(42);
        assertThat(partition.currentVoters().get(0).logEndOffset()).isEqualTo(43);
        assertThat(response.nodes().find(2).listeners().find("PLAINTEXT").port())
                .isEqualTo(two.port);
    }

    @Test
    void shouldBeUnansweredWhenThePeerIsGone() throws Exception {
        two.close();
        CompletableFuture<String> outcome = new CompletableFuture<>();

        transport(CLUSTER, List.of())
                .send(
                        2,
                        voters,
                        new Vote(ONE, TWO, 5, END, false, Optional.of(CLUSTER)),
                        answer -> outcome.complete("answered"),
                        () -> outcome.complete("unanswered"));

        Awaitility.await().until(outcome::isDone);
        assertThat(outcome.get()).isEqualTo("unanswered");
        two = new PeerNode(2, CLUSTER, LITTLE_MEMORY);
    }

    private static QuorumResponse fetched() {
        return new FetchResponse(Errors.NONE, 5, 2, 70, Optional.empty(), Optional.empty(), List.<LogBatch>of());
    }

    private static QuorumResponse refused(int leaderId) {
        return new FetchResponse(
                Errors.NOT_LEADER_OR_FOLLOWER, 5, leaderId, -1, Optional.empty(), Optional.empty(), List.of());
    }
}
