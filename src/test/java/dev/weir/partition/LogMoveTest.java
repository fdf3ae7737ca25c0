package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A log moves to another log directory while it is used. */
class LogMoveTest extends LogMoveFixture {
    @Test
    void shouldMakeTheSameLogElsewhereAndServeItThere() throws Exception {
        append(0, 10);
        List<byte[]> before = segments(FROM.resolve("orders-0"));

        assertThat(move("/other")).isEqualTo(Errors.NONE);
        drive();

        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(shard.partition().log.directory()).isEqualTo(TO.resolve("orders-0"));
        assertThat(shard.files.list(FROM)).doesNotContain("orders-0").anyMatch(name -> name.endsWith("-delete"));
        List<byte[]> after = segments(TO.resolve("orders-0"));
        assertThat(before).hasSizeGreaterThan(3);
        assertThat(after).containsExactlyElementsOf(before);
        assertThat(shard.logDir(1).directory().readTopicId(TO.resolve("orders-0")))
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

        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
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
        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
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

        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        shard.finishSync(new IOException("no such file"));
        drive();

        assertThat(shard.shard.isWritable(shard.logDir(1))).isTrue();
        assertThat(shard.writeFailures).isEmpty();
        assertThat(shard.written()).isEqualTo(values(0, 4));
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
}
