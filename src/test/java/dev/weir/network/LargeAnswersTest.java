package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.peer.PeerPurpose;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica that never takes its part of the metadata log holds memory of the broker. */
class LargeAnswersTest {
    /** More than the system's buffers take. */
    private static final int ANSWER = 32 << 20;

    private static final int BROKER = 1;
    private static final int STRANGER = 999;

    private PeerNode node;
    private PeerNode client;

    @BeforeEach
    void start() throws Exception {
        node = new PeerNode(2, "cluster", 1 << 20);
        client = new PeerNode(3, "cluster", 1 << 20);
        node.known.set(Set.of(BROKER), Set.of());
        byte[] all = new byte[ANSWER];
        node.quorum.answer(request -> new QuorumAnswer(
                new FetchResponse(Errors.NONE, 5, -1, 70, Optional.empty(), Optional.empty(), List.of()),
                ByteBuffer.wrap(all, 0, ((Fetch) request).fetchOffset() == 0 ? ANSWER : 100)));
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        client.close();
    }

    @Test
    void shouldGiveOthersNothingWhileStrangersDoNotTakeWhatTheyAskedForAndBrokersAllTheSame() throws Exception {
        try (Socket stalled = new Socket(InetAddress.getLoopbackAddress(), node.port)) {
            var frame = ConnectionTest.frame(ApiKeys.FETCH, (short) 17, 1, fetch(STRANGER, 0));
            stalled.getOutputStream()
                    .write(ByteBuffer.allocate(4).putInt(frame.readableBytes()).array());
            frame.readBytes(stalled.getOutputStream(), frame.readableBytes());
            Awaitility.await().until(() -> errorOf(STRANGER) == Errors.BROKER_NOT_AVAILABLE);

            assertThat(errorOf(BROKER)).isEqualTo(Errors.NONE);
        }
        Awaitility.await().until(() -> errorOf(STRANGER) == Errors.NONE);
    }

    private Errors errorOf(int replicaId) throws Exception {
        FetchResponseData response = (FetchResponseData)
                PeerNode.await(client.peers.send(node.endpoint(), PeerPurpose.METADATA, fetch(replicaId, 1), 15_000));
        return response.errorCode() != Errors.NONE.code()
                ? Errors.forCode(response.errorCode())
                : Errors.forCode(response.responses().get(0).partitions().get(0).errorCode());
    }

    private static FetchRequestData fetch(int replicaId, long offset) {
        return new FetchRequestData()
                .setClusterId("cluster")
                .setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(replicaId))
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic("__cluster_metadata")
                        .setTopicId(Uuid.METADATA_TOPIC_ID)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setFetchOffset(offset)))));
    }
}
