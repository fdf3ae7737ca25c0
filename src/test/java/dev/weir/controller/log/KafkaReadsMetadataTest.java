package dev.weir.controller.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.FeatureGate;
import dev.weir.metadata.RandomMetadata;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import dev.weir.quorum.QuorumStateCodec;
import dev.weir.storage.file.RealLogFiles;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.raft.ElectionState;
import org.apache.kafka.raft.FileQuorumStateStore;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.FileRawSnapshotReader;
import org.apache.kafka.snapshot.RecordsSnapshotReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own readers of the log, the snapshot and the quorum state read what is written here. */
class KafkaReadsMetadataTest {
    private static final int MAX_BATCH = 8 * 1024 * 1024;
    private static final long NOW = 5_000L;

    @TempDir
    Path dir = Path.of("unset");

    private final List<MetadataRecord> committed = new ArrayList<>();
    private Path logDir = dir;
    private ClusterImage image = ClusterImage.empty("cluster");

    @BeforeEach
    void writeALogAndASnapshot() throws Exception {
        OneVoter log = new OneVoter(new RealLogFiles(), dir, MAX_BATCH, OneVoter.EVERY_TIME);
        log.now = NOW;
        log.begin();
        committed.add(OneVoter.FEATURE);
        RandomMetadata metadata = new RandomMetadata(3);
        for (int i = 0; i < 60; i++) {
            List<MetadataRecord> decision = new ArrayList<>();
            ClusterImage next = log.log().decided();
            for (int n = 0; n < 50; n++) {
                MetadataRecord record = metadata.next(next);
                next = next.apply(record);
                decision.add(record);
            }
            assertThat(log.commit(decision)).isEqualTo(Errors.NONE);
            committed.addAll(decision);
        }
        log.snapshotIfDue();
        image = log.log().committed();
        log.close();
        logDir = dir.resolve("__cluster_metadata-0");
    }

    @Test
    void shouldLetKafkaReadEveryRecordOfTheLog() throws Exception {
        List<byte[]> values = new ArrayList<>();
        List<String> controls = new ArrayList<>();
        for (Path segment : segments()) {
            try (FileRecords records = FileRecords.open(segment.toFile(), false)) {
                for (RecordBatch batch : records.batches()) {
                    batch.ensureValid();
                    assertThat(batch.partitionLeaderEpoch()).isEqualTo(1);
                    for (Record record : batch) {
                        if (batch.isControlBatch()) {
                            controls.add("control at " + record.offset());
                        } else {
                            values.add(rewrittenByKafka(record.value()));
                        }
                    }
                }
            }
        }

        assertThat(controls).containsExactly("control at 0", "control at 1", "control at 2");
        assertThat(values)
                .containsExactlyElementsOf(committed.stream()
                        .map(record -> MetadataRecordCodec.encode(
                                record, FeatureGate.recordVersion(record.type(), OneVoter.FEATURE.level())))
                        .toList());
    }

    @Test
    void shouldLetKafkaReadTheSnapshot() throws Exception {
        OffsetAndEpoch id = new OffsetAndEpoch(image.position().offset() + 1, 1);
        List<ApiMessageAndVersion> seen = new ArrayList<>();

        try (RecordsSnapshotReader<ApiMessageAndVersion> reader = RecordsSnapshotReader.of(
                FileRawSnapshotReader.open(logDir, id),
                new MetadataRecordSerde(),
                BufferSupplier.NO_CACHING,
                MAX_BATCH,
                true,
                new LogContext())) {
            assertThat(reader.lastContainedLogOffset())
                    .isEqualTo(image.position().offset());
            assertThat(reader.lastContainedLogTimestamp()).isEqualTo(NOW);
            reader.forEachRemaining(batch -> seen.addAll(batch.records()));
        }

        assertThat(seen)
                .hasSize(dev.weir.metadata.ImageSnapshot.toRecords(image).size())
                .hasSizeGreaterThan(100);
    }

    @Test
    void shouldLetKafkaReadTheQuorumState() {
        FileQuorumStateStore store = new FileQuorumStateStore(new File(logDir.toFile(), "quorum-state"));

        ElectionState state = store.readElectionState().orElseThrow();

        assertThat(state.epoch()).isEqualTo(1);
        assertThat(state.leaderId()).isEqualTo(OneVoter.ME.id());
        assertThat(state.optionalVotedKey()).isPresent();
    }

    @Test
    void shouldReadTheQuorumStateThatKafkaWrites() throws Exception {
        FileQuorumStateStore store = new FileQuorumStateStore(new File(logDir.toFile(), "quorum-state"));
        store.writeElectionState(
                ElectionState.withElectedLeader(9, 2, java.util.Optional.empty(), java.util.Set.of(2)),
                org.apache.kafka.server.common.KRaftVersion.KRAFT_VERSION_0);

        dev.weir.quorum.ElectionState state = QuorumStateCodec.read(Files.readString(logDir.resolve("quorum-state")));

        assertThat(state).isEqualTo(new dev.weir.quorum.ElectionState(9, 2, java.util.Optional.empty(), List.of(2)));
    }

    private List<Path> segments() throws Exception {
        try (Stream<Path> all = Files.list(logDir)) {
            return all.filter(p -> p.toString().endsWith(".log")).sorted().toList();
        }
    }

    private static byte[] rewrittenByKafka(ByteBuffer value) {
        MetadataRecordSerde serde = new MetadataRecordSerde();
        ApiMessageAndVersion message = serde.read(new ByteBufferAccessor(value.duplicate()), value.remaining());
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(serde.recordSize(message, cache));
        serde.write(message, cache, new ByteBufferAccessor(buffer));
        return buffer.array();
    }
}
