package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.RandomMetadata;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.directory.LogDirectoryException;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import dev.weir.storage.file.OpenFileCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MetadataLogTest {
    private static final Path DIR = Path.of("/data");
    private static final Path LOG_DIR = DIR.resolve("__cluster_metadata-0");
    private static final int SEGMENT_BYTES = 4096;
    private static final SnapshotPolicy NO_SNAPSHOTS = new SnapshotPolicy(Long.MAX_VALUE, 0);
    private static final SnapshotPolicy EVERY_TIME = new SnapshotPolicy(1, 0);
    private static final long NOW = 1_000_000L;

    private final InMemoryLogFiles files = new InMemoryLogFiles();

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Integer.getInteger("weir.sim.seeds", 25));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldHaveEveryCommittedRecordAfterAnyCrash(long seed) throws Exception {
        Random random = new Random(seed);
        RandomMetadata metadata = new RandomMetadata(seed);
        SnapshotPolicy policy = new SnapshotPolicy(1 + random.nextInt(4000), 0);
        MetadataLog log = open(policy);
        int lastEpoch = 0;
        for (int life = 0; life < 6; life++) {
            log.beginEpoch(1, List.of(1), NOW);
            assertThat(log.epoch()).isGreaterThan(lastEpoch);
            lastEpoch = log.epoch();
            for (int i = random.nextInt(40); i > 0; i--) {
                commitSome(log, metadata, random);
                log.snapshotIfDue(NOW);
            }
            ClusterImage committed = log.image();
            if (random.nextBoolean()) {
                log.close();
            }
            files.crash(random);
            log = open(policy);
            assertThat(log.image()).isEqualTo(committed);
        }
    }

    private static void commitSome(MetadataLog log, RandomMetadata metadata, Random random) throws IOException {
        List<MetadataRecord> records = new ArrayList<>();
        ClusterImage image = log.image();
        for (int n = 1 + random.nextInt(5); n > 0; n--) {
            MetadataRecord record = metadata.next(image);
            image = image.apply(record);
            records.add(record);
        }
        log.commit(records, NOW);
    }

    @Test
    void shouldBeNewUntilTheFirstDecision() throws Exception {
        MetadataLog log = begun(NO_SNAPSHOTS);
        assertThat(log.isNew()).isTrue();
        log.close();

        MetadataLog again = begun(NO_SNAPSHOTS);
        assertThat(again.isNew()).isTrue();
        again.commit(List.of(topic(1)), NOW);
        assertThat(again.isNew()).isFalse();
        again.close();

        assertThat(open(NO_SNAPSHOTS).isNew()).isFalse();
    }

    @Test
    void shouldSayWhatACommitChangedAndWhereItStands() throws Exception {
        MetadataLog log = begun(NO_SNAPSHOTS);

        ImageChange change = log.commit(List.of(topic(1), topic(2)), NOW);

        assertThat(change.changedTopics()).containsExactly(id(1), id(2));
        assertThat(change.after()).isSameAs(log.image());
        assertThat(log.image().position().offset()).isEqualTo(2);
        assertThat(log.image().position().epoch()).isEqualTo(1);
        assertThat(log.nextOffset()).isEqualTo(3);
    }

    @Test
    void shouldWriteNothingWhereARecordDoesNotFit() throws Exception {
        MetadataLog log = begun(NO_SNAPSHOTS);
        long end = log.nextOffset();

        assertThatThrownBy(() -> log.commit(List.of(topic(1), new RemoveTopicRecord(id(9))), NOW))
                .isInstanceOf(IllegalStateException.class);

        assertThat(log.nextOffset()).isEqualTo(end);
        assertThat(log.image().topics().byId()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "FORCE"})
    void shouldTakeBackAWriteThatFails(Operation failing) throws Exception {
        MetadataLog log = begun(NO_SNAPSHOTS);
        log.commit(List.of(topic(1)), NOW);
        failOnce(failing);

        assertThatThrownBy(() -> log.commit(List.of(topic(2)), NOW)).isInstanceOf(IOException.class);
        log.commit(List.of(topic(3)), NOW);
        ClusterImage committed = log.image();
        files.crash(new Random(1));

        assertThat(committed.topic(id(2))).isEmpty();
        assertThat(open(NO_SNAPSHOTS).image()).isEqualTo(committed);
    }

    @Test
    void shouldTakeRecordsAgainOnlyOnceAFailedWriteIsTakenBack() throws Exception {
        MetadataLog log = begun(NO_SNAPSHOTS);
        log.commit(List.of(topic(1)), NOW);
        files.onOperation((operation, path) -> {
            if (operation == Operation.FORCE || operation == Operation.TRUNCATE) {
                throw new IOException("broken disk");
            }
        });
        long end = log.nextOffset();

        assertThatThrownBy(() -> log.commit(List.of(topic(2)), NOW)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> log.commit(List.of(topic(3)), NOW)).isInstanceOf(IOException.class);
        assertThat(log.nextOffset()).isEqualTo(end);
        files.onOperation((operation, path) -> {});
        log.commit(List.of(topic(4)), NOW);
        ClusterImage committed = log.image();
        files.crash(new Random(1));

        assertThat(committed.topics().byId().keySet()).containsExactly(id(1), id(4));
        assertThat(open(NO_SNAPSHOTS).image()).isEqualTo(committed);
    }

    @Test
    void shouldKeepTwoSnapshotsAndTheLogBehindTheOlder() throws Exception {
        MetadataLog log = begun(EVERY_TIME);
        for (int i = 1; i <= 50; i++) {
            log.commit(List.of(topic(i)), NOW);
            log.snapshotIfDue(NOW);
        }

        List<String> snapshots = files.list(LOG_DIR).stream()
                .filter(name -> name.endsWith(".checkpoint"))
                .toList();
        assertThat(snapshots)
                .containsExactly(
                        "00000000000000000050-0000000001.checkpoint", "00000000000000000051-0000000001.checkpoint");
        assertThat(files.list(LOG_DIR)).contains("00000000000000000050.log").doesNotContain("00000000000000000000.log");
        log.close();
        assertThat(open(EVERY_TIME).image()).isEqualTo(log.image());
    }

    @Test
    void shouldWriteASnapshotOfItsAgeOnlyWhereSomethingChanged() throws Exception {
        MetadataLog log = begun(new SnapshotPolicy(Long.MAX_VALUE, 100));
        log.snapshotIfDue(NOW + 1000);
        assertThat(snapshotCount()).isZero();

        log.commit(List.of(topic(1)), NOW + 1001);
        log.snapshotIfDue(NOW + 1002);
        log.snapshotIfDue(NOW + 5000);

        assertThat(snapshotCount()).isEqualTo(1);
    }

    @Test
    void shouldFallBackToTheOlderSnapshotWhereTheNewestIsDamaged() throws Exception {
        MetadataLog log = begun(EVERY_TIME);
        for (int i = 1; i <= 5; i++) {
            log.commit(List.of(topic(i)), NOW);
            log.snapshotIfDue(NOW);
        }
        log.commit(List.of(topic(6)), NOW);
        log.close();
        files.corrupt(
                LOG_DIR.resolve("00000000000000000006-0000000001.checkpoint"), (bytes, size) -> bytes[size / 2] ^= 1);

        assertThat(open(EVERY_TIME).image()).isEqualTo(log.image());
    }

    @Test
    void shouldRefuseToStartWhereNoSnapshotReachesTheLog() throws Exception {
        MetadataLog log = begun(EVERY_TIME);
        for (int i = 1; i <= 5; i++) {
            log.commit(List.of(topic(i)), NOW);
            log.snapshotIfDue(NOW);
        }
        log.close();
        for (String name :
                List.of("00000000000000000005-0000000001.checkpoint", "00000000000000000006-0000000001.checkpoint")) {
            files.deleteIfExists(LOG_DIR.resolve(name));
        }

        assertThatThrownBy(() -> open(EVERY_TIME))
                .isInstanceOf(MetadataLogException.class)
                .hasMessageContaining("no usable snapshot");
    }

    @Test
    void shouldGoOnBehindASnapshotThatOutlivedTheLog() throws Exception {
        MetadataLog log = begun(EVERY_TIME);
        log.commit(List.of(topic(1)), NOW);
        log.snapshotIfDue(NOW);
        log.close();
        for (String name : files.list(LOG_DIR)) {
            if (name.endsWith(".log") || name.endsWith("index")) {
                files.deleteIfExists(LOG_DIR.resolve(name));
            }
        }

        MetadataLog again = begun(EVERY_TIME);
        again.commit(List.of(topic(2)), NOW);
        again.close();

        assertThat(again.epoch()).isEqualTo(2);
        assertThat(open(EVERY_TIME).image().topics().byId().keySet()).containsExactly(id(1), id(2));
    }

    @Test
    void shouldNameTheDamageOfAQuorumState() throws Exception {
        begun(NO_SNAPSHOTS).close();
        files.put(LOG_DIR.resolve("quorum-state"), "{\"leaderId\":".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThatThrownBy(() -> open(NO_SNAPSHOTS))
                .isInstanceOf(MetadataLogException.class)
                .hasMessageContaining("quorum-state");
    }

    @Test
    void shouldSurviveASnapshotThatCannotBeWritten() throws Exception {
        MetadataLog log = begun(EVERY_TIME);
        log.commit(List.of(topic(1)), NOW);
        failOnce(Operation.RENAME);

        log.snapshotIfDue(NOW);
        log.commit(List.of(topic(2)), NOW);
        log.close();

        assertThat(open(EVERY_TIME).image()).isEqualTo(log.image());
        assertThat(snapshotCount()).isZero();
        assertThat(files.list(LOG_DIR)).noneMatch(name -> name.endsWith(".part"));
    }

    private long snapshotCount() {
        return files.list(LOG_DIR).stream()
                .filter(name -> name.endsWith(".checkpoint"))
                .count();
    }

    private void failOnce(Operation failing) {
        files.onOperation((operation, path) -> {
            if (operation == failing) {
                files.onOperation((o, p) -> {});
                throw new IOException("injected");
            }
        });
    }

    private MetadataLog begun(SnapshotPolicy policy) throws Exception {
        MetadataLog log = open(policy);
        log.beginEpoch(1, List.of(1), NOW);
        return log;
    }

    private MetadataLog open(SnapshotPolicy policy) throws IOException, MetadataLogException, LogDirectoryException {
        StorageMetadataLogAdapter store = StorageMetadataLogAdapter.open(
                LogDirectory.open(files, DIR), new OpenFileCache(files, 8), SEGMENT_BYTES, NOW);
        return MetadataLog.open(store, "cluster", policy, NOW);
    }

    private static TopicRecord topic(int number) {
        return new TopicRecord("topic" + number, id(number));
    }

    private static Uuid id(int number) {
        return new Uuid(77L, number);
    }
}
