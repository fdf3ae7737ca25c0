package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.partition.ShardFixture.Answer;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.LogMessages.AlterLogDir;
import dev.weir.partition.client.LogMessages.DescribeLogs;
import dev.weir.partition.client.LogMessages.LogDescription;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A log moves to another log directory while it is used. */
class LogMoveTest {
    private static final Path FROM = Path.of("/logs");
    private static final Path TO = Path.of("/other");

    private ShardFixture shard = new ShardFixture(ShardFixture.config(1, 1, 700), 1);

    @Test
    void shouldMakeTheSameLogElsewhereAndServeItThere() throws Exception {
        append(0, 10);
        List<byte[]> before = segments(FROM.resolve("orders-0"));

        assertThat(move("/other")).isEqualTo(Errors.NONE);
        drive();

        assertThat(shard.partition().home.path()).isEqualTo(TO);
        assertThat(shard.partition().log.directory()).isEqualTo(TO.resolve("orders-0"));
        assertThat(shard.files.list(FROM)).doesNotContain("orders-0").anyMatch(name -> name.endsWith("-delete"));
        List<byte[]> after = segments(TO.resolve("orders-0"));
        assertThat(before).hasSizeGreaterThan(3);
        assertThat(after).containsExactlyElementsOf(before);
        assertThat(shard.home(1).directory().readTopicId(TO.resolve("orders-0")))
                .contains(ShardFixture.TOPIC);
        append(10, 3);
        assertThat(shard.written()).isEqualTo(values(0, 13));
        shard.housekeeping.tick(shard.nowMs + 60_000, shard.syncs::sync);
        assertThat(shard.files.list(FROM)).noneMatch(name -> name.contains("orders-0"));
    }

    @Test
    void shouldTakeAppendsInBetweenAndKnowProducersAfterwards() {
        ByteBuffer first = shard.batch("first", 7, 0);
        shard.append(1, copy(first));
        shard.append(1, shard.batch("second", 7, 1));
        move("/other");
        for (int i = 0; shard.goOn() && i < 100; i++) {
            if (i < 10) {
                shard.append(1, shard.batch("more " + i, 7, i + 2));
            }
        }
        drive();
        long end = shard.partition().log.logEndOffset();

        Answer<AppendResult> again = shard.append(1, shard.batch("more 9", 7, 11));
        Answer<AppendResult> next = shard.append(1, shard.batch("next", 7, 12));
        drive();

        assertThat(shard.partition().home.path()).isEqualTo(TO);
        assertThat(again.only().baseOffset()).isEqualTo(end - 1);
        assertThat(next.only().baseOffset()).isEqualTo(end);
        assertThat(shard.written()).doesNotHaveDuplicates().hasSize((int) end + 1);
    }

    /** After a clean stop nothing is replayed: the snapshot beside the copy, which has the last batch of each producer, must do. */
    @ParameterizedTest
    @CsvSource({"1, 0", "5, 0", "12, 0", "1, 1", "12, 3"})
    void shouldKnowProducersAfterACleanStopToo(int before, int after) throws Exception {
        for (int i = 0; i < before; i++) {
            shard.append(1, shard.batch("value " + i, 7, i));
        }
        move("/other");
        drive();
        for (int i = before; i < before + after; i++) {
            shard.append(1, shard.batch("value " + i, 7, i));
        }

        shard = shard.afterStop();

        int end = before + after;
        assertThat(shard.partition().home.path()).isEqualTo(TO);
        assertThat(shard.partition().log.recovery().notes()).isEmpty();
        Answer<AppendResult> again = shard.append(1, shard.batch("value " + (end - 1), 7, end - 1));
        assertThat(again.only().error()).isEqualTo(Errors.NONE);
        assertThat(again.only().baseOffset()).isEqualTo(end - 1);
        assertThat(shard.append(1, shard.batch("gap", 7, end + 1)).only().error())
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(shard.partition().log.logEndOffset()).isEqualTo(end);
        Answer<AppendResult> next = shard.append(1, shard.batch("next", 7, end));
        drive();
        assertThat(next.only().baseOffset()).isEqualTo(end);
    }

    @Test
    void shouldKeepWaitingReadersWaitingAndOpenSlicesReadable() throws Exception {
        append(0, 2);
        FetchAnswer open = shard.fetch(0, 1, 0, 1).only();
        Answer<FetchAnswer> waiting = shard.fetch(2, 1, 60_000, 2);

        move("/other");
        drive();
        assertThat(waiting.came()).isFalse();
        append(2, 1);

        assertThat(waiting.only().error()).isEqualTo(Errors.NONE);
        assertThat(waiting.only().size()).isPositive();
        shard.housekeeping.tick(shard.nowMs + 60_000, shard.syncs::sync);
        assertThat(((SliceBytes) Objects.requireNonNull(open.bytes()))
                        .slice()
                        .toBuffer()
                        .remaining())
                .isEqualTo(open.size());
    }

    @Test
    void shouldNotBlameTheNewDirectoryForASyncOfTheOldOne() {
        append(0, 3);
        move("/other");
        while (shard.moves.all().iterator().next().state != LogMove.State.COPYING
                || !shard.moves.all().iterator().next().ready) {
            shard.goOn();
        }
        Answer<AppendResult> answer = shard.append(1, shard.batch("3"));
        shard.goOn();

        assertThat(shard.partition().home.path()).isEqualTo(TO);
        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        shard.finishSync(new IOException("no such file"));
        drive();

        assertThat(shard.shard.isWritable(shard.home(1))).isTrue();
        assertThat(shard.writeFailures).isEmpty();
        assertThat(shard.written()).isEqualTo(values(0, 4));
    }

    @Test
    void shouldDescribeTheCopyWithItsLag() {
        append(0, 5);
        move("/other");

        List<LogDescription> logs = shard.logs.describe(new DescribeLogs(List.of()));

        assertThat(logs).extracting(LogDescription::future).containsExactly(false, true);
        assertThat(logs).extracting(LogDescription::offsetLag).containsExactly(0L, 5L);
        assertThat(logs)
                .extracting(LogDescription::directoryId)
                .containsExactly(shard.home.id(), shard.home(1).id());
    }

    @ParameterizedTest
    @CsvSource({
        "orders, 3:1, 0, /nowhere, LOG_DIR_NOT_FOUND",
        "orders, 3:1, 0, '', LOG_DIR_NOT_FOUND",
        "orders, 3:1, 7, /other, UNKNOWN_TOPIC_OR_PARTITION",
        "unknown, 0:0, 0, /other, UNKNOWN_TOPIC_OR_PARTITION",
        "orders, 3:1, 0, /logs, NONE",
        "orders, 3:1, 0, /other/, NONE",
    })
    void shouldAnswerAsKafka(String topic, String id, int partition, String directory, Errors error) {
        String[] bits = id.split(":");
        Uuid topicId = new Uuid(Long.parseLong(bits[0]), Long.parseLong(bits[1]));

        assertThat(shard.moves.alter(
                        new AlterLogDir(
                                new PartitionKey(topicId, partition), new TopicPartition(topic, partition), directory),
                        shard.nowMs))
                .isEqualTo(error);
    }

    @Test
    void shouldRefuseADirectoryThatIsReadOnlyAndALogThatIsOffline() {
        shard.shard.health(shard.home(1).id(), new DirectoryHealth(false, "full"));
        assertThat(move("/other")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        shard.shard.health(shard.home(1).id(), DirectoryHealth.WRITABLE);
        shard.shard.takeOffline(shard.partition(), "for the test", shard.nowMs);
        assertThat(move("/other")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void shouldRefuseADirectoryThatHasFailedAtStart() {
        ShardFixture again = shard.after(true);

        assertThat(again.move(ShardFixture.KEY, ShardFixture.name(), "/failed")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void shouldPutANewPartitionWhereItWasWishedFor() {
        Uuid id = new Uuid(3, 9);
        AlterLogDir wish = new AlterLogDir(new PartitionKey(Uuid.ZERO_UUID, 0), new TopicPartition("news", 0), "/logs");

        assertThat(shard.moves.alter(wish, shard.nowMs)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        shard.commit(ShardFixture.topic("news", id, 1).toArray(MetadataRecord[]::new));

        // Without the wish, the other directory would be the emptier one.
        assertThat(shard.files.list(FROM)).contains("news-0");
    }

    @Test
    void shouldEndAMoveWhenTheLogIsToStay() {
        append(0, 3);
        move("/other");
        shard.goOn();

        assertThat(move("/logs")).isEqualTo(Errors.NONE);
        drive();

        assertThat(shard.partition().home.path()).isEqualTo(FROM);
        shard.housekeeping.tick(shard.nowMs + 1, shard.syncs::sync);
        assertThat(shard.files.list(TO)).noneMatch(name -> name.contains("orders"));
        assertThat(shard.written()).isEqualTo(values(0, 3));
    }

    @Test
    void shouldWaitForACopyThatCannotBeGivenItsNameAtStart() throws Exception {
        // given: the old directory is gone and the copy has no name yet
        append(0, 3);
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.RENAME && path.toString().endsWith("-future")) {
                throw new IOException("Input/output error");
            }
        });
        move("/other");
        drive();

        // when
        ShardFixture again = shard.after(false);

        // then
        assertThat(again.shard.isOffline(ShardFixture.KEY)).isTrue();
        assertThat(again.files.list(TO)).doesNotContain("orders-0");
        again.files.onOperation((operation, path) -> {});
        again.shard.health(again.home(1).id(), DirectoryHealth.WRITABLE);
        again.lifecycle.reopen(again.home(1).id(), again.nowMs);
        assertThat(again.written()).isEqualTo(values(0, 3));
    }

    private void moveUntilTheMetadataIsTold() {
        move("/other");
        while (shard.placed.isEmpty() && shard.goOn()) {
            shard.nowMs++;
        }
    }

    @Test
    void shouldTellWhereTheLogWillBeBeforeItIsThere() {
        append(0, 3);
        moveUntilTheMetadataIsTold();

        assertThat(shard.placed)
                .containsExactly(Map.entry(ShardFixture.KEY, shard.home(1).id()));
        assertThat(shard.partition().home.path()).isEqualTo(FROM);
        drive();
        assertThat(shard.partition().home.path()).isEqualTo(TO);
        assertThat(shard.placed)
                .containsExactly(Map.entry(ShardFixture.KEY, shard.home(1).id()));
    }

    @Test
    void shouldTakeBackWhereTheLogWillBeWhenItStays() {
        append(0, 3);
        moveUntilTheMetadataIsTold();

        move("/logs");
        drive();

        assertThat(shard.partition().home.path()).isEqualTo(FROM);
        assertThat(shard.placed)
                .containsExactly(Map.entry(ShardFixture.KEY, shard.home(0).id()));
    }

    @Test
    void shouldStayWhereItIsWhenTheOtherDiskFails() {
        append(0, 3);
        move("/other");
        shard.files.onOperation((operation, path) -> {
            if (path.startsWith(TO)) {
                throw new IOException("No space left on device");
            }
        });
        drive();
        shard.files.onOperation((operation, path) -> {});
        append(3, 2);

        assertThat(shard.partition().home.path()).isEqualTo(FROM);
        assertThat(shard.moves.all()).isEmpty();
        assertThat(shard.written()).isEqualTo(values(0, 5));
        assertThat(shard.shard.isWritable(shard.home)).isTrue();
    }

    @Test
    void shouldForgetTheMoveOfADeletedTopic() {
        append(0, 3);
        move("/other");

        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));
        drive();

        shard.housekeeping.tick(shard.nowMs + 60_000, shard.syncs::sync);
        assertThat(shard.files.list(TO)).noneMatch(name -> name.contains("orders"));
        assertThat(shard.files.list(FROM)).noneMatch(name -> name.contains("orders"));
    }

    @Test
    void shouldGoOnAfterACleanStopWithoutCopyingAgain() throws Exception {
        append(0, 40);
        move("/other");
        shard.goOn();
        shard.goOn();
        long lag = shard.moves.all().iterator().next().copy.lag();

        shard = shard.afterStop();

        assertThat(lag).isBetween(1L, 39L);
        LogMove move = shard.moves.all().iterator().next();
        shard.goOn();
        assertThat(move.copy.lag()).isLessThan(lag);
        drive();
        assertThat(shard.partition().home.path()).isEqualTo(TO);
        assertThat(shard.written()).isEqualTo(values(0, 40));
    }

    @Test
    void shouldStartOverWhenTheLogWasOpenedAgainAfterAFailedSync() {
        append(0, 20);
        move("/other");
        shard.goOn();
        Answer<AppendResult> lost = shard.append(1, shard.batch("lost"));
        shard.turns = 0;
        shard.finishSync(new IOException("Input/output error"));
        assertThat(lost.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        shard.shard.health(shard.home.id(), DirectoryHealth.WRITABLE);
        shard.turns = 1;
        drive();
        long end = shard.partition().log.logEndOffset();
        append(20, 1);

        assertThat(shard.partition().home.path()).isEqualTo(TO);
        assertThat(shard.written()).containsAll(values(0, 21)).endsWith("20").hasSize((int) end + 1);
    }

    /** The power fails, or the disk, before each operation in turn: one log is left, and everything acknowledged is in it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveOneWholeLogWhereverItIsCutShort(boolean power) throws Exception {
        int operations = 0;
        boolean cut = true;
        while (cut) {
            shard = new ShardFixture(ShardFixture.config(1, 1, 700), 1);
            append(0, 6);
            cut = cutShort(operations++, power);
        }
        assertThat(operations).isGreaterThan(50);
    }

    private boolean cutShort(int operations, boolean power) throws Exception {
        int[] left = {operations};
        boolean[] failed = new boolean[1];
        shard.files.onOperation((operation, path) -> {
            int ahead = left[0]--;
            if (ahead == 0 || (power && ahead < 0)) {
                failed[0] = true;
                if (power) {
                    throw new PowerFailure();
                }
                throw new IOException("Input/output error");
            }
        });
        List<String> expected = new ArrayList<>(values(0, 6));
        Answer<AppendResult> during = new Answer<>();
        try {
            move("/other");
            shard.goOn();
            during = shard.append(1, shard.batch("during"));
            drive();
        } catch (PowerFailure e) {
            assertThat(failed[0]).isTrue();
        }
        if (power && failed[0]) {
            shard = shard.afterPowerFailure(new Random(operations));
        }
        shard.files.onOperation((operation, path) -> {});
        for (LogDirAtStart home : shard.homes) {
            shard.shard.health(home.id(), DirectoryHealth.WRITABLE);
            shard.lifecycle.reopen(home.id(), shard.nowMs);
        }
        String where = "operation " + operations;
        assertThat(live()).as(where).hasSize(1);
        drive();
        if (during.came() && during.only().error() == Errors.NONE) {
            expected.add("during");
        }
        assertThat(shard.written()).as(where).containsAll(expected).doesNotHaveDuplicates();
        append(6, 1);
        assertThat(shard.written()).as(where).endsWith("6");
        assertThat(live()).as(where).containsExactly(shard.partition().log.directory());
        return failed[0];
    }

    private List<Path> live() {
        List<Path> live = new ArrayList<>();
        for (LogDirAtStart home : shard.homes) {
            if (home.directory().holds(ShardFixture.name())) {
                live.add(home.path().resolve("orders-0"));
            }
        }
        return live;
    }

    private Errors move(String directory) {
        return shard.move(ShardFixture.KEY, ShardFixture.name(), directory);
    }

    private void drive() {
        shard.drive();
    }

    private void append(int first, int count) {
        for (String value : values(first, count)) {
            Answer<AppendResult> answer = shard.append(1, shard.batch(value));
            drive();
            assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        }
    }

    private static List<String> values(int first, int count) {
        List<String> values = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            values.add(Integer.toString(i));
        }
        return values;
    }

    private List<byte[]> segments(Path directory) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        for (String name : shard.files.list(directory)) {
            if (name.endsWith(".log") || name.equals("leader-epoch-checkpoint")) {
                contents.add(name.getBytes(StandardCharsets.UTF_8));
                contents.add(shard.files.content(directory.resolve(name)));
            }
        }
        return contents;
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    private static final class PowerFailure extends Error {
        private static final long serialVersionUID = 1L;
    }
}
