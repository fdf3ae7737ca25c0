package dev.weir.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.protocol.Messages;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.ReplicaKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class QuorumApisTest {
    private static final Sender SENDER = new Sender(WireSamples.CLUSTER.orElseThrow(), WireSamples.ENDPOINTS, 5);
    private static final Optional<LeaderNode> LEADER = Optional.of(new LeaderNode(3, "three.example", 9093));

    static Stream<Arguments> everyRequestAndVersion() {
        return WireSamples.requests().stream().flatMap(request -> {
            QuorumApi<QuorumRequest, ApiMessage, ApiMessage> api = QuorumApis.of(request);
            List<Arguments> all = new ArrayList<>();
            for (short version : api.api().allVersions()) {
                all.add(Arguments.of(request, version));
            }
            return all.stream();
        });
    }

    @ParameterizedTest
    @MethodSource("everyRequestAndVersion")
    void shouldKeepARequestThroughTheBytesOfEachVersionThatHasRoomForIt(QuorumRequest request, short version) {
        QuorumApi<QuorumRequest, ApiMessage, ApiMessage> api = QuorumApis.of(request);
        ApiMessage message = api.request(request, SENDER);
        if (!hasRoom(request, version)) {
            assertThatThrownBy(() -> Messages.request(api.api(), version, 7, "weir", message))
                    .isInstanceOf(UnsupportedVersionException.class);
            return;
        }

        ByteBuffer bytes = Messages.request(api.api(), version, 7, "weir", message);
        RequestHeader header = RequestHeader.parse(bytes);
        ApiMessage read = AbstractRequest.parseRequest(api.api(), version, new ByteBufferAccessor(bytes))
                .request
                .data();

        assertThat(header.correlationId()).isEqualTo(7);
        boolean unknowing = request instanceof Vote vote && vote.clusterId().isEmpty();
        assertThat(api.clusterId(read)).isEqualTo(unknowing ? null : SENDER.clusterId());
        assertThat(api.read(read)).contains(asOf(request, version));
    }

    @ParameterizedTest
    @MethodSource("everyRequestAndVersion")
    void shouldKeepAResponseThroughTheBytesOfEachVersion(QuorumRequest request, short version) {
        QuorumApi<QuorumRequest, ApiMessage, ApiMessage> api = QuorumApis.of(request);
        for (QuorumAnswer answer : WireSamples.answers(request)) {
            if (request instanceof Fetch && version < 12) {
                continue;
            }

            ApiMessage message = api.response(request, answer, LEADER, version);
            ApiMessage read =
                    Messages.readResponse(api.api(), version, Messages.response(api.api(), version, 7, message));
            QuorumAnswer received = api.answer(request, read);

            assertThat(received.response()).isEqualTo(answer.response());
            assertThat(received.bytes()).isEqualTo(answer.bytes());
            Optional<LeaderNode> named =
                    answer.response().leaderId() >= 0 && version >= endpointsSince(request) ? LEADER : Optional.empty();
            assertThat(api.leader(read).filter(node -> answer.response().leaderId() >= 0))
                    .isEqualTo(named);
        }
    }

    @ParameterizedTest
    @MethodSource("everyRequestAndVersion")
    void shouldKeepARefusalOfTheWholeRequest(QuorumRequest request, short version) {
        QuorumApi<QuorumRequest, ApiMessage, ApiMessage> api = QuorumApis.of(request);
        if (request instanceof Fetch && version < 7) {
            return;
        }

        ApiMessage refusal = api.refusal(Errors.INCONSISTENT_CLUSTER_ID);
        ApiMessage read = Messages.readResponse(api.api(), version, Messages.response(api.api(), version, 7, refusal));

        assertThat(api.answer(request, read).response().error()).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        assertThat(api.answer(request, read).response().leaderId()).isEqualTo(-1);
    }

    @Test
    void shouldNotReadWhatIsNotOfTheMetadataLog() {
        Vote vote = (Vote) WireSamples.requests().get(0);
        VoteRequestData other = (VoteRequestData) QuorumApis.of(vote).request(vote, SENDER);
        other.topics().get(0).setTopicName("orders");
        FetchRequestData two =
                QuorumApis.FETCH.request((Fetch) WireSamples.requests().get(4), SENDER);
        two.topics().get(0).partitions().get(0).setPartition(1);

        assertThat(QuorumApis.of(vote).read(other)).isEmpty();
        assertThat(QuorumApis.FETCH.read(two)).isEmpty();
        assertThat(QuorumApis.FETCH.read(new FetchRequestData())).isEmpty();
    }

    @Test
    void shouldRefuseAResponseThatIsNotOfTheMetadataLog() {
        Vote vote = (Vote) WireSamples.requests().get(0);

        assertThatThrownBy(
                        () -> QuorumApis.of(vote).answer(vote, new org.apache.kafka.common.message.VoteResponseData()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static int endpointsSince(QuorumRequest request) {
        return request instanceof Fetch ? 16 : request instanceof QuorumRequest.UpdateVoter ? 0 : 1;
    }

    private static boolean hasRoom(QuorumRequest request, short version) {
        if (request instanceof Fetch) {
            return version >= 15;
        }
        return !(request instanceof Vote vote && vote.preVote()) || version >= 2;
    }

    /** What a request still says in an older version. */
    private static QuorumRequest asOf(QuorumRequest request, short version) {
        if (request instanceof Vote vote && version < 1) {
            return new Vote(ReplicaKey.of(1), ReplicaKey.of(-1), vote.epoch(), vote.logEnd(), false, vote.clusterId());
        } else if (request instanceof QuorumRequest.BeginQuorumEpoch begin && version < 1) {
            return new QuorumRequest.BeginQuorumEpoch(
                    begin.leaderId(), begin.epoch(), ReplicaKey.of(-1), begin.clusterId());
        } else if (request instanceof EndQuorumEpoch end && version < 1) {
            return new EndQuorumEpoch(end.leaderId(), end.epoch(), List.of(ReplicaKey.of(2), ReplicaKey.of(1)));
        } else if (request instanceof QuorumRequest.FetchSnapshot fetch && version < 1) {
            return new QuorumRequest.FetchSnapshot(
                    ReplicaKey.of(2), fetch.epoch(), fetch.snapshotId(), fetch.position());
        } else if (request instanceof Fetch fetch && version < 18) {
            ReplicaKey replica = version < 17 ? new ReplicaKey(2, Uuid.ZERO_UUID) : fetch.replica();
            return new Fetch(
                    replica,
                    fetch.epoch(),
                    fetch.fetchOffset(),
                    fetch.lastFetchedEpoch(),
                    Long.MAX_VALUE,
                    fetch.maxWaitMs());
        }
        return request;
    }
}
