package dev.weir.controller.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.RandomMetadata;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MetadataLogTest {
    private static final Path DIR = Path.of("/data");
    private static final Path LOG_DIR = DIR.resolve("__cluster_metadata-0");
    private static final int SEGMENT_BYTES = 4096;
    private static final SnapshotPolicy NO_SNAPSHOTS = OneVoter.NO_SNAPSHOTS;
    private static final SnapshotPolicy EVERY_TIME = OneVoter.EVERY_TIME;

    /** Of a new log: the leader, the voters with their version, the feature level. */
    private static final int FIRST_RECORDS = 4;

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
        int lastEpoch = 0;
        OneVoter voter = voter(policy);
        for (int life = 0; life < 6; life++) {
            voter.begin();
            assertThat(voter.log().epoch()).isGreaterThan(lastEpoch);
            lastEpoch = voter.log().epoch();
            for (int i = random.nextInt(40); i > 0; i--) {
                assertThat(voter.commit(someRecords(voter.log().decided(), metadata, random)))
                        .isEqualTo(Errors.NONE);
                if (random.nextInt(3) == 0) {
                    voter.snapshotIfDue();
                }
            }
            ClusterImage committed = voter.log().committed();
            if (random.nextBoolean()) {
                voter.close();
            }
            files.crash(random);
            voter = voter(policy).open();
            assertThat(voter.log().committed()).isEqualTo(committed);
            voter.log().abandon();
            voter = voter(policy);
        }
    }

    private static List<MetadataRecord> someRecords(ClusterImage from, RandomMetadata metadata, Random random) {
        List<MetadataRecord> records = new ArrayList<>();
        ClusterImage image = from;
        for (int n = 1 + random.nextInt(5); n > 0; n--) {
            MetadataRecord record = metadata.next(image);
            image = image.apply(record);
            records.add(record);
        }
        return records;
    }

    @Test
    void shouldWriteTheFirstRecordsOfANewClusterOnce() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        assertThat(voter.timesActive).isEqualTo(1);
        assertThat(voter.log().committed().features()).containsOnlyKeys("kraft.version", "metadata.version");
        assertThat(voter.log().nextOffset()).isEqualTo(FIRST_RECORDS);
        voter.close();

        OneVoter again = voter(NO_SNAPSHOTS).begin();

        assertThat(again.log().nextOffset()).isEqualTo(FIRST_RECORDS + 1);
        assertThat(again.log().epoch()).isEqualTo(2);
    }

    @Test
    void shouldShowTheIdOfItsClusterFromTheFirstRecordOn() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).withoutAClusterId().open();
        assertThat(voter.log().committed().clusterId()).isEmpty();

        voter.log().start();
        voter.run();

        assertThat(voter.names).hasSize(1);
        assertThat(voter.log().committed().clusterId()).isEqualTo(voter.names.get(0));
        assertThat(voter.published.get(0).after()).isEqualTo(ClusterImage.empty(voter.names.get(0)));
        assertThat(voter.commit(topic(1))).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldNotTakeALogForThatOfANewCluster() throws Exception {
        voter(NO_SNAPSHOTS).begin().close();

        OneVoter again = voter(NO_SNAPSHOTS).withoutAClusterId();

        assertThatThrownBy(again::open)
                .isInstanceOf(MetadataLogException.class)
                .hasMessageContaining("meta.properties");
    }

    @Test
    void shouldSayWhatACommitChangedAndWhereItStands() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();

        assertThat(voter.commit(topic(1), topic(2))).isEqualTo(Errors.NONE);

        ImageChange change = voter.published.get(voter.published.size() - 1);
        assertThat(change.changedTopics()).containsExactly(id(1), id(2));
        assertThat(change.after()).isSameAs(voter.log().committed());
        assertThat(change.after().position().offset()).isEqualTo(FIRST_RECORDS + 1);
        assertThat(change.after().position().epoch()).isEqualTo(1);
        assertThat(voter.log().nextOffset()).isEqualTo(FIRST_RECORDS + 2);
    }

    @Test
    void shouldPublishAnUnbrokenChainOfImages() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        IntStream.rangeClosed(1, 10).forEach(i -> voter.commit(topic(i)));

        for (int i = 1; i < voter.published.size(); i++) {
            assertThat(voter.published.get(i).before())
                    .isSameAs(voter.published.get(i - 1).after());
        }
    }

    @Test
    void shouldAnswerAndPublishOnlyWhatIsSynced() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        int published = voter.published.size();

        AtomicReference<Errors> first = voter.decide(List.of(topic(1)));
        AtomicReference<Errors> second = voter.decide(List.of(topic(2)));
        AtomicReference<Errors> nothing = voter.decide(List.of());

        assertThat(List.of(String.valueOf(first), String.valueOf(second), String.valueOf(nothing)))
                .containsOnly("null");
        assertThat(voter.log().decided().topics().byId()).hasSize(2);
        assertThat(voter.log().committed().topics().byId()).isEmpty();
        assertThat(voter.published).hasSize(published);

        voter.run();

        assertThat(List.of(first.get(), second.get(), nothing.get())).containsOnly(Errors.NONE);
        assertThat(voter.log().committed().topics().byId()).hasSize(2);
    }

    @Test
    void shouldSyncOnceForAllDecisionsThatCameMeanwhile() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        int[] syncs = {0};
        files.onOperation((operation, path) -> {
            if (operation == Operation.FORCE && path.toString().endsWith(".log")) {
                syncs[0]++;
            }
        });

        for (int i = 1; i <= 100; i++) {
            voter.decide(List.of(topic(i)));
        }
        voter.run();

        assertThat(voter.log().committed().topics().byId()).hasSize(100);
        assertThat(syncs[0]).isLessThan(10);
    }

    @Test
    void shouldAnswerADecisionWithoutRecordsAtOnceIfAllBeforeItIsCommitted() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();

        assertThat(voter.decide(List.of()).get()).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldSplitADecisionOfManyRecordsIntoBatches() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).open(10);
        voter.log().start();
        voter.run();
        int published = voter.published.size();
        List<MetadataRecord> records = IntStream.rangeClosed(1, 35)
                .<MetadataRecord>mapToObj(MetadataLogTest::topic)
                .toList();

        assertThat(voter.commit(records)).isEqualTo(Errors.NONE);

        assertThat(voter.published).hasSize(published + 4);
        assertThat(voter.log().committed().topics().byId()).hasSize(35);
    }

    @Test
    void shouldWriteNothingWhereARecordDoesNotFit() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        long end = voter.log().nextOffset();

        assertThatThrownBy(() -> voter.commit(topic(1), new RemoveTopicRecord(id(9))))
                .isInstanceOf(IllegalStateException.class);

        assertThat(voter.log().nextOffset()).isEqualTo(end);
        assertThat(voter.log().decided().topics().byId()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "FORCE"})
    void shouldTakeNoMoreDecisionsAfterAFailedWrite(Operation failing) throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        voter.commit(topic(1));
        failOnce(failing);

        assertThat(voter.commit(topic(2))).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(voter.commit(topic(3))).isEqualTo(Errors.KAFKA_STORAGE_ERROR);

        assertThat(voter.log().hasFailed()).isTrue();
        assertThat(voter.log().committed().topics().byId().keySet()).containsExactly(id(1));
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "FORCE"})
    void shouldGoOnInANewEpochWhenTheLogIsOpenedAgain(Operation failing) throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        voter.commit(topic(1));
        failOnce(failing);
        voter.commit(topic(2));
        voter.log().abandon();

        voter.begin();
        assertThat(voter.commit(topic(4))).isEqualTo(Errors.NONE);
        ClusterImage committed = voter.log().committed();
        files.crash(new Random(1));

        assertThat(voter.log().epoch()).isEqualTo(2);
        assertThat(committed.topics().byId()).containsKeys(id(1), id(4));
        assertThat(voter(NO_SNAPSHOTS).open().log().committed()).isEqualTo(committed);
    }

    @Test
    void shouldKeepTwoSnapshotsAndTheLogBehindTheOlder() throws Exception {
        OneVoter voter = voter(EVERY_TIME).begin();
        for (int i = 1; i <= 50; i++) {
            voter.commit(topic(i));
            voter.snapshotIfDue();
        }

        List<String> snapshots = files.list(LOG_DIR).stream()
                .filter(name -> name.endsWith(".checkpoint"))
                .toList();
        assertThat(snapshots)
                .containsExactly(
                        "00000000000000000053-0000000001.checkpoint", "00000000000000000054-0000000001.checkpoint");
        assertThat(files.list(LOG_DIR)).contains("00000000000000000053.log").doesNotContain("00000000000000000000.log");
        ClusterImage committed = voter.log().committed();
        voter.close();
        assertThat(voter(EVERY_TIME).open().log().committed()).isEqualTo(committed);
    }

    @Test
    void shouldKnowItsVotersFromASnapshotAlone() throws Exception {
        OneVoter voter = voter(EVERY_TIME).begin();
        for (int i = 1; i <= 3; i++) {
            voter.commit(topic(i));
            voter.snapshotIfDue();
        }
        voter.close();

        OneVoter again = voter(EVERY_TIME).open();

        assertThat(again.log().voters().pinned()).isTrue();
        assertThat(again.log().voters().contains(OneVoter.ME)).isTrue();
    }

    @Test
    void shouldDecideWhileASnapshotIsWritten() throws Exception {
        OneVoter voter = voter(EVERY_TIME).begin();
        voter.commit(topic(1));

        voter.log().snapshotIfDue();
        AtomicReference<Errors> answer = voter.decide(List.of(topic(2)));
        voter.run();

        assertThat(answer.get()).isEqualTo(Errors.NONE);
        assertThat(snapshotCount()).isEqualTo(1);
    }

    @Test
    void shouldWriteASnapshotOfItsAgeOnlyWhereSomethingChanged() throws Exception {
        OneVoter voter = voter(new SnapshotPolicy(Long.MAX_VALUE, 100)).begin();
        voter.now += 1000;
        voter.snapshotIfDue();
        assertThat(snapshotCount()).isEqualTo(1);

        voter.now += 1000;
        voter.snapshotIfDue();
        assertThat(snapshotCount()).isEqualTo(1);

        voter.commit(topic(1));
        voter.snapshotIfDue();
        assertThat(snapshotCount()).isEqualTo(2);
    }

    @Test
    void shouldFallBackToTheOlderSnapshotWhereTheNewestIsDamaged() throws Exception {
        OneVoter voter = withSnapshots(5);
        voter.commit(topic(6));
        ClusterImage committed = voter.log().committed();
        voter.close();
        files.corrupt(
                LOG_DIR.resolve("00000000000000000009-0000000001.checkpoint"), (bytes, size) -> bytes[size / 2] ^= 1);

        assertThat(voter(EVERY_TIME).open().log().committed()).isEqualTo(committed);
    }

    @Test
    void shouldRefuseToStartWhereNoSnapshotReachesTheLog() throws Exception {
        withSnapshots(5).close();
        for (String name :
                List.of("00000000000000000008-0000000001.checkpoint", "00000000000000000009-0000000001.checkpoint")) {
            files.deleteIfExists(LOG_DIR.resolve(name));
        }

        assertThatThrownBy(() -> voter(EVERY_TIME).open())
                .isInstanceOf(MetadataLogException.class)
                .hasMessageContaining("no usable snapshot");
    }

    @Test
    void shouldGoOnBehindASnapshotThatOutlivedTheLog() throws Exception {
        withSnapshots(1).close();
        for (String name : files.list(LOG_DIR)) {
            if (name.endsWith(".log") || name.endsWith("index")) {
                files.deleteIfExists(LOG_DIR.resolve(name));
            }
        }

        OneVoter again = voter(EVERY_TIME).begin();
        again.commit(topic(2));
        assertThat(again.log().epoch()).isEqualTo(2);
        again.close();

        assertThat(voter(EVERY_TIME).open().log().committed().topics().byId().keySet())
                .containsExactly(id(1), id(2));
    }

    @Test
    void shouldNameTheDamageOfAQuorumState() throws Exception {
        voter(NO_SNAPSHOTS).begin().close();
        files.put(LOG_DIR.resolve("quorum-state"), "{\"leaderId\":".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> voter(NO_SNAPSHOTS).open())
                .isInstanceOf(MetadataLogException.class)
                .hasMessageContaining("quorum-state");
    }

    @Test
    void shouldSurviveASnapshotThatCannotBeWritten() throws Exception {
        OneVoter voter = voter(EVERY_TIME).begin();
        voter.commit(topic(1));
        failOnce(Operation.RENAME);

        voter.snapshotIfDue();
        voter.commit(topic(2));
        ClusterImage committed = voter.log().committed();
        voter.close();

        assertThat(voter(EVERY_TIME).open().log().committed()).isEqualTo(committed);
        assertThat(snapshotCount()).isZero();
        assertThat(files.list(LOG_DIR)).noneMatch(name -> name.endsWith(".part"));
    }

    @Test
    void shouldMarkTheLastOfABurstAsSyncedWhenAllIsQuiet() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        IntStream.rangeClosed(1, 10).forEach(i -> voter.commit(topic(i)));
        assertThat(mark().offset()).isLessThan(voter.log().nextOffset());

        voter.now += 1_000;
        voter.log().tick();
        voter.run();

        assertThat(mark()).isEqualTo(new SyncedMark(voter.log().nextOffset(), false, true));
    }

    @Test
    void shouldAnswerWhatIsUnderWayWhenItIsClosed() throws Exception {
        OneVoter voter = voter(NO_SNAPSHOTS).begin();
        AtomicReference<Errors> some = voter.decide(List.of(topic(1)));
        AtomicReference<Errors> nothing = voter.decide(List.of());

        voter.close();

        assertThat(some.get()).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(nothing.get()).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(voter.decide(List.of(topic(2))).get()).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(voter.decide(List.of()).get()).isEqualTo(Errors.NOT_CONTROLLER);
    }

    private SyncedMark mark() throws IOException {
        return new MetadataFiles(files, LOG_DIR).mark();
    }

    private OneVoter withSnapshots(int count) throws Exception {
        OneVoter voter = voter(EVERY_TIME).begin();
        for (int i = 1; i <= count; i++) {
            voter.commit(topic(i));
            voter.snapshotIfDue();
        }
        return voter;
    }

    private long snapshotCount() {
        return files.list(LOG_DIR).stream()
                .filter(name -> name.endsWith(".checkpoint"))
                .count();
    }

    private void failOnce(Operation failing) {
        files.onOperation((operation, path) -> {
            if (operation == failing && !path.toString().endsWith("quorum-synced.part")) {
                files.onOperation((o, p) -> {});
                throw new IOException("injected");
            }
        });
    }

    private OneVoter voter(SnapshotPolicy policy) throws Exception {
        return new OneVoter(files, DIR, SEGMENT_BYTES, policy);
    }

    private static TopicRecord topic(int number) {
        return new TopicRecord("topic" + number, id(number));
    }

    private static Uuid id(int number) {
        return new Uuid(77L, number);
    }
}
