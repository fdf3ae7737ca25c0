package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.TopicSettings;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.MetadataUpdates;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Origin;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.ReplicaFetch;
import dev.weir.partition.client.ReplicaFetch.Stage;
import dev.weir.partition.logdirs.DirectoryLoads;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.IoThrottle;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A shard that leads, with a follower and a controller that are played by hand. */
class LeaderVerticleTest {
    private static final int FOLLOWER = 2;
    private static final Uuid DIRECTORY = new Uuid(500, 1);

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final PartitionClient partitions = new PartitionClient(bus, 1);
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final ClusterImage image = ShardMetadata.image(1, FOLLOWER)
            .apply(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withIsr(List.of(1)));

    private record Asked(AlterPartitionRequestData request, Promise<AlterPartitionResponseData> answer) {}

    @BeforeEach
    void start() throws Exception {
        bus.serve(ImageClient.NEWEST, asked -> Future.succeededFuture(image));
        BrokerConfig config = BrokerConfig.defaults();
        InMemoryLogFiles files = new InMemoryLogFiles();
        LogDirAtStart logDir = LogDirAtStart.read(LogDirectory.open(files, Path.of("/logs")), DIRECTORY);
        WorkerExecutor pool = vertx.createSharedWorkerExecutor("syncs", 1);
        ShardOptions options = new ShardOptions(
                1,
                0,
                1,
                List.of(logDir),
                List.of(),
                new DirectoryLoads(List.of(logDir)),
                16,
                1_000,
                now -> config,
                (now, topic) -> TopicSettings.toLogConfig(config, Map.of()),
                name -> new ProducerStateManager());
        await(vertx.deployVerticle(
                new PartitionLogVerticle(
                        bus,
                        options,
                        image,
                        new OpenFileCache(files, 16),
                        pool,
                        pool,
                        new IoThrottle(1e9),
                        new CleanerSlots(),
                        this::ask,
                        () -> {}),
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName("shard")
                        .setWorkerPoolSize(1)));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @Test
    void shouldAskForTheFollowerThatHasCaughtUpAndCommitWithItFromThenOn() throws Exception {
        // given
        await(append(1));
        fetch(Stage.BEGIN, 0, 0);

        // when
        Future<ReplicaFetch.Answer> waiting = fetch(Stage.GO_ON, 1, 10_000);
        Asked proposal = asked.poll(20, TimeUnit.SECONDS);
        Future<AppendResult> all = append(-1).map(results -> results.get(0));

        // then
        assertThat(proposal.request().topics().get(0).partitions().get(0).newIsrWithEpochs())
                .extracting(BrokerState::brokerId)
                .containsExactly(1, FOLLOWER);
        assertThat(await(waiting).news().get(0).answer().size()).isPositive();
        assertThat(all.isComplete()).isFalse();
        answer(proposal, 2);
        fetch(Stage.GO_ON, 2, 0);
        assertThat(await(all).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldAskAgainWhenTheControllerDoesNotAnswer() throws Exception {
        // given
        await(append(1));
        fetch(Stage.BEGIN, 0, 0);
        fetch(Stage.GO_ON, 1, 0);
        Asked first = asked.poll(20, TimeUnit.SECONDS);

        // when
        first.answer().fail("no controller");

        // then
        assertThat(asked.poll(20, TimeUnit.SECONDS).request()).isEqualTo(first.request());
    }

    @Test
    void shouldTellAWaitingFollowerThatAnotherBrokerLeads() throws Exception {
        // given
        fetch(Stage.BEGIN, 0, 0);
        Future<ReplicaFetch.Answer> waiting = fetch(Stage.GO_ON, 0, 60_000);

        // when
        bus.publish(
                MetadataUpdates.CHANGES,
                ImageChange.of(
                        image,
                        List.of(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(FOLLOWER)),
                        new LogPosition(9, 1)));

        // then
        assertThat(await(waiting).news().get(0).answer().error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    private Future<AlterPartitionResponseData> ask(AlterPartitionRequestData request) {
        Promise<AlterPartitionResponseData> answer = Promise.promise();
        asked.add(new Asked(request, answer));
        return answer.future();
    }

    private static void answer(Asked proposal, int partitionEpoch) {
        AlterPartitionRequestData.TopicData topic = proposal.request().topics().get(0);
        proposal.answer()
                .complete(new AlterPartitionResponseData()
                        .setTopics(List.of(new AlterPartitionResponseData.TopicData()
                                .setTopicId(topic.topicId())
                                .setPartitions(List.of(new AlterPartitionResponseData.PartitionData()
                                        .setLeaderId(1)
                                        .setLeaderEpoch(
                                                topic.partitions().get(0).leaderEpoch())
                                        .setPartitionEpoch(partitionEpoch)
                                        .setIsr(List.of(1, FOLLOWER)))))));
    }

    private Future<ReplicaFetch.Answer> fetch(Stage stage, long offset, int waitMs) throws Exception {
        Future<ReplicaFetch.Answer> answer = partitions.replicaFetch(
                0,
                new ReplicaFetch(
                        5,
                        stage,
                        FOLLOWER,
                        ShardMetadata.brokerEpoch(FOLLOWER),
                        List.of(new ReplicaFetch.Entry(
                                new FetchQuery.Entry(ShardFixture.KEY, offset, 1 << 20, 0, -1), 0, offset)),
                        List.of(),
                        1 << 20,
                        1,
                        waitMs,
                        PartitionClient.nextTicket()));
        return waitMs == 0 ? Future.succeededFuture(await(answer)) : answer;
    }

    private Future<List<AppendResult>> append(int acks) {
        ByteBuffer batch = MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord("a".getBytes(StandardCharsets.UTF_8)))
                .buffer();
        return partitions.append(new AppendRequest(
                List.of(new AppendRequest.Entry(ShardFixture.KEY, -1, batch)),
                (short) acks,
                60_000,
                ShardFixture.NEWEST,
                Origin.CLIENT));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
