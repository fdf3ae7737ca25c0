package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.raft.RaftUtil;
import org.apache.kafka.raft.ReplicaKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take all that a broker has for them, while the brokers have something to say to each other. */
class StarvedClusterIT {
    private static final int MAX_CONNECTIONS = 200;
    private static final int HANGING = 350;
    private static final int MEMORY = 1 << 20;
    private static final int STRANGER = 999;
    private static final TopicPartition LOG = new TopicPartition("__cluster_metadata", 0);

    @TempDir
    private Path home;

    private final List<RawClient> clients = new ArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private Cluster cluster;

    @AfterEach
    void stop() {
        ended.set(true);
        clients.forEach(RawClient::close);
        if (cluster != null) {
            cluster.close();
        }
    }

    /** A thousand clients hang, the memory for requests is used up, and strangers forge votes; then the leader is killed. */
    @Test
    void shouldElectAnotherLeaderAndFenceTheDeadOneWhateverClientsDo() throws Exception {
        // given
        cluster = Cluster.start(
                home,
                3,
                "max.connections=" + MAX_CONNECTIONS,
                "socket.request.max.bytes=" + MEMORY,
                "queued.max.request.bytes=" + MEMORY);
        DescribeQuorumResponseData.PartitionData before = quorum(asBroker(1));
        int killed = before.leaderId();
        List<Integer> survivors =
                cluster.ids().stream().filter(id -> id != killed).toList();
        List<AtomicLong> forged = new ArrayList<>();
        for (int id : survivors) {
            forged.add(forge(client(id), id, before.leaderEpoch()));
        }
        for (int id : cluster.ids()) {
            for (int i = 0; i < HANGING; i++) {
                hang(client(id));
            }
        }
        for (int id : survivors) {
            Await.until(() -> cluster.broker(id).metric("weir_network_request_memory_bytes") >= MEMORY);
            Await.until(() -> cluster.broker(id).metric("weir_network_connections_refused_total") > 0);
        }
        Await.until(() -> forged.stream().allMatch(count -> count.get() > 1_000));

        // when
        cluster.broker(killed).kill();

        // then
        for (int id : survivors) {
            RawClient broker = asBroker(id);
            Await.until(() -> survivors.contains(quorum(broker).leaderId())
                    && quorum(asBroker(quorum(broker).leaderId())).highWatermark() > before.highWatermark());
            assertThat(quorum(broker).leaderEpoch()).isBetween(before.leaderEpoch() + 1, before.leaderEpoch() + 100);
        }
        Await.until(() -> survivors.stream().anyMatch(id -> fenced(id, killed)));
        assertThat(survivors).noneMatch(id -> survivors.stream().anyMatch(other -> fenced(id, other)));
    }

    /** Whether that broker, as the controller, has said that it fences another one. */
    private boolean fenced(int controller, int id) {
        return cluster.broker(controller)
                .log()
                .lines()
                .anyMatch(line -> line.contains("Broker " + id + " is dead")
                        || line.contains("Broker " + id + " has shown no life within its session"));
    }

    private RawClient client(int id) {
        RawClient client = new RawClient(cluster.broker(id).kafkaPort());
        clients.add(client);
        return client;
    }

    /** A connection that greets as brokers do. */
    private RawClient asBroker(int id) {
        RawClient client = client(id);
        client.call(
                ApiKeys.API_VERSIONS,
                (short) 4,
                new ApiVersionsRequestData().setClientSoftwareName("weir").setClientSoftwareVersion("1"));
        return client;
    }

    private static DescribeQuorumResponseData.PartitionData quorum(RawClient client) {
        DescribeQuorumRequestData request = new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName(LOG.topic())
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()))));
        DescribeQuorumResponseData response = (DescribeQuorumResponseData)
                client.call(ApiKeys.DESCRIBE_QUORUM, (short) 2, request).data();
        return response.topics().get(0).partitions().get(0);
    }

    /** Sends a part of a large Produce, and nothing more. One that was refused a place has ended already. */
    private static void hang(RawClient client) {
        ByteBuffer part = ByteBuffer.allocate(20_000);
        part.putInt(MEMORY).putShort(ApiKeys.PRODUCE.id);
        try {
            client.send(part.array());
        } catch (UncheckedIOException e) {
            client.close();
        }
    }

    /** Asks for votes in ever newer epochs, in the name of nobody, until the end. Returns the number of answers. */
    private AtomicLong forge(RawClient client, int id, int epoch) {
        AtomicLong answers = new AtomicLong();
        ReplicaKey stranger = ReplicaKey.of(STRANGER, new Uuid(9, 9));
        Thread thread = new Thread(
                () -> {
                    try {
                        for (int step = 1; !ended.get(); step = step < 1 << 24 ? 2 * step : 1) {
                            client.call(
                                    ApiKeys.VOTE,
                                    (short) 2,
                                    RaftUtil.singletonVoteRequest(
                                            LOG,
                                            null,
                                            epoch + step,
                                            stranger,
                                            ReplicaKey.of(id, ReplicaKey.NO_DIRECTORY_ID),
                                            epoch,
                                            1_000_000,
                                            step % 3 == 0));
                            answers.incrementAndGet();
                        }
                    } catch (UncheckedIOException e) {
                        answers.incrementAndGet();
                    }
                },
                "forger-" + id);
        thread.setDaemon(true);
        thread.start();
        return answers;
    }
}
