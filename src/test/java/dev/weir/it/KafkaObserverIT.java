package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kafka's own client of the metadata quorum follows the quorum of three brokers. */
class KafkaObserverIT extends ClusterFixture {
    private final List<KafkaObserver> observers = new ArrayList<>();

    @AfterEach
    void stopObservers() throws Exception {
        for (KafkaObserver observer : observers) {
            observer.close();
        }
    }

    @Test
    void shouldReadEveryRecordAndEverySnapshotAlsoFromTheNextController() throws Exception {
        // given
        cluster = Cluster.start(home, 3, "metadata.log.max.record.bytes.between.snapshots=1000");
        KafkaObserver fromTheFirstRecord = observer(101);
        try (Admin admin = cluster.admin()) {
            for (int i = 0; i < 30; i++) {
                admin.createTopics(List.of(new NewTopic("t" + i, 1 + i % 3, (short) 1)
                                .configs(Map.of("retention.ms", Integer.toString(100_000 + i)))))
                        .all()
                        .get();
                if (i % 5 == 0) {
                    admin.deleteTopics(List.of("t" + i)).all().get();
                }
            }
        }
        // Whether one is due is looked at every few seconds, and only if something has changed since.
        AtomicInteger more = new AtomicInteger();
        Await.until(() -> {
            String topic = "more-" + more.incrementAndGet();
            try (Admin admin = cluster.admin()) {
                create(admin, topic);
                admin.deleteTopics(List.of(topic)).all().get();
            }
            return snapshots(cluster.broker(controller()).data()) >= 2;
        });

        // when
        KafkaObserver fromASnapshot = observer(102);
        await(fromTheFirstRecord);
        await(fromASnapshot);

        // then
        assertThat(fromASnapshot.snapshots()).isNotEmpty();
        assertThat(quorum().orElseThrow().observers())
                .extracting(QuorumInfo.ReplicaState::replicaId)
                .containsExactlyInAnyOrder(101, 102);
        assertThat(cluster.ids()).allMatch(fromASnapshot::knowsVoter);
        assertShowsWhatBrokersShow(fromTheFirstRecord.image());
        assertSame(fromASnapshot.image(), fromTheFirstRecord.image());

        // and when
        int lost = controller();
        cluster.broker(lost).kill();
        Await.until(() -> isCreated("after"));
        await(fromTheFirstRecord);
        await(fromASnapshot);

        // then
        assertThat(fromTheFirstRecord.image().topics().getTopic("after")).isNotNull();
        assertSame(fromASnapshot.image(), fromTheFirstRecord.image());
        assertThat(fromTheFirstRecord.faults()).isEmpty();
        assertThat(fromASnapshot.faults()).isEmpty();
        NavigableMap<Long, ApiMessageAndVersion> written =
                recordsOf(cluster.broker(lost == 1 ? 2 : 1).data());
        assertThat(fromTheFirstRecord.records())
                .isEqualTo(written.headMap(fromTheFirstRecord.nextOffset(), false))
                .hasSizeGreaterThan(100);
        assertThat(fromASnapshot.records())
                .isEqualTo(written.headMap(fromASnapshot.nextOffset(), false)
                        .tailMap(fromASnapshot.snapshots().get(0).offset(), true));
    }

    private KafkaObserver observer(int id) throws Exception {
        List<InetSocketAddress> bootstrap = cluster.ids().stream()
                .map(broker -> new InetSocketAddress(
                        "localhost", cluster.broker(broker).kafkaPort()))
                .toList();
        KafkaObserver observer = new KafkaObserver(home.resolve("observer-" + id), id, Cluster.CLUSTER_ID, bootstrap);
        observers.add(observer);
        return observer;
    }

    /** Waits until the observer has been given all that is committed now. */
    private void await(KafkaObserver observer) throws Exception {
        long committed = quorum().orElseThrow().highWatermark();
        Await.until(() -> observer.nextOffset() >= committed);
    }

    private void assertShowsWhatBrokersShow(MetadataImage image) throws Exception {
        Map<String, String> topics = new TreeMap<>();
        image.topics().topicNameToIdView().forEach((name, id) -> topics.put(name, id.toString()));
        assertThat(image.cluster().brokers().values())
                .extracting(BrokerRegistration::id, BrokerRegistration::fenced)
                .containsExactlyInAnyOrder(tuple(1, false), tuple(2, false), tuple(3, false));
        for (int id : cluster.ids()) {
            assertThat(topicsOf(id)).isEqualTo(topics).hasSize(24);
            new TopicClient(cluster.broker(id).kafkaPort()).topics().forEach((name, shown) -> {
                assertThat(image.topics().getTopic(name).partitions()).hasSize(shown.partitions());
                assertThat(image.configs().configMapForResource(new ConfigResource(ConfigResource.Type.TOPIC, name)))
                        .isEqualTo(Map.of("retention.ms", shown.config()));
            });
        }
    }

    private static void assertSame(MetadataImage one, MetadataImage other) {
        assertThat(one.topics()).isEqualTo(other.topics());
        assertThat(one.configs()).isEqualTo(other.configs());
        assertThat(one.cluster()).isEqualTo(other.cluster());
        assertThat(one.features()).isEqualTo(other.features());
        assertThat(one.producerIds()).isEqualTo(other.producerIds());
    }

    private static long snapshots(Path data) throws Exception {
        try (Stream<Path> files = Files.list(data.resolve("__cluster_metadata-0"))) {
            return files.filter(file -> file.toString().endsWith(".checkpoint")).count();
        }
    }

    /** All records in a broker's segments, as Kafka's own classes read them. */
    private static NavigableMap<Long, ApiMessageAndVersion> recordsOf(Path data) throws Exception {
        NavigableMap<Long, ApiMessageAndVersion> all = new TreeMap<>();
        List<Path> segments;
        try (Stream<Path> files = Files.list(data.resolve("__cluster_metadata-0"))) {
            segments = files.filter(file -> file.toString().endsWith(".log")).toList();
        }
        for (Path segment : segments) {
            try (FileRecords records = FileRecords.open(segment.toFile(), false)) {
                for (RecordBatch batch : records.batches()) {
                    for (Record record : batch) {
                        if (!batch.isControlBatch()) {
                            all.put(
                                    record.offset(),
                                    MetadataRecordSerde.INSTANCE.read(
                                            new ByteBufferAccessor(
                                                    record.value().duplicate()),
                                            record.valueSize()));
                        }
                    }
                }
            }
        }
        return all;
    }
}
