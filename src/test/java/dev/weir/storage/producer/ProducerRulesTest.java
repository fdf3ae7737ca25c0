package dev.weir.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.AppendOrigin;
import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.producer.ProducerCheck.Duplicate;
import dev.weir.storage.producer.ProducerCheck.Rejected;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProducerRulesTest {
    private static final ProducerEntry NEW = ProducerEntry.unknown(1);
    /** Epoch 3, sequences 0 to 29 in six batches of five, of which five are remembered. */
    private static final ProducerEntry KNOWN = known((short) 3, 0);

    private static ProducerEntry known(short epoch, int firstSequence) {
        ProducerEntry entry = NEW;
        for (int i = 0; i < 6; i++) {
            int last = BatchLayout.sequenceAfter(firstSequence, i * 5 + 4);
            entry = entry.withBatch(epoch, new BatchSpan(last, 100 + i * 10, 4, 1000 + i), false);
        }
        return entry;
    }

    private static ProducerEntry inTransaction() {
        return NEW.withBatch((short) 3, new BatchSpan(4, 50, 4, 0), true);
    }

    static Stream<Arguments> batches() {
        String outOfOrder = Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.name();
        String stale = Errors.INVALID_PRODUCER_EPOCH.name();
        int max = Integer.MAX_VALUE;
        return Stream.of(
                // what the batch is, what is known, epoch, first and last sequence, transactional, origin, outcome
                Arguments.of("first of all", NEW, 0, 0, 4, false, AppendOrigin.CLIENT, "OK"),
                Arguments.of("history deleted", NEW, 7, 1234, 1240, false, AppendOrigin.CLIENT, "OK"),
                Arguments.of("next", KNOWN, 3, 30, 30, false, AppendOrigin.CLIENT, "OK"),
                Arguments.of("gap", KNOWN, 3, 31, 35, false, AppendOrigin.CLIENT, outOfOrder),
                Arguments.of("newest again", KNOWN, 3, 25, 29, false, AppendOrigin.CLIENT, "146-150@1005"),
                Arguments.of("oldest remembered", KNOWN, 3, 5, 9, false, AppendOrigin.CLIENT, "106-110@1001"),
                Arguments.of("before those remembered", KNOWN, 3, 0, 4, false, AppendOrigin.CLIENT, outOfOrder),
                Arguments.of("overlap", KNOWN, 3, 25, 28, false, AppendOrigin.CLIENT, outOfOrder),
                Arguments.of("older epoch", KNOWN, 2, 30, 30, false, AppendOrigin.CLIENT, stale),
                Arguments.of("older epoch, same range", KNOWN, 2, 25, 29, false, AppendOrigin.CLIENT, stale),
                Arguments.of("newer epoch", KNOWN, 4, 0, 4, false, AppendOrigin.CLIENT, "OK"),
                Arguments.of("newer epoch, goes on", KNOWN, 4, 30, 34, false, AppendOrigin.CLIENT, outOfOrder),
                Arguments.of("wraps", known((short) 3, max - 29), 3, 0, 4, false, AppendOrigin.CLIENT, "OK"),
                Arguments.of(
                        "wraps inside", known((short) 3, max - 31), 3, max - 1, 2, false, AppendOrigin.CLIENT, "OK"),
                Arguments.of(
                        "wrapped batch again",
                        known((short) 3, max - 26),
                        3,
                        max - 1,
                        2,
                        false,
                        AppendOrigin.CLIENT,
                        "146-150@1005"),
                Arguments.of("after a wrap", known((short) 3, max - 26), 3, 3, 3, false, AppendOrigin.CLIENT, "OK"),
                Arguments.of(
                        "after the marker of a new epoch",
                        KNOWN.withMarker((short) 4, 0, 0),
                        4,
                        0,
                        4,
                        true,
                        AppendOrigin.CLIENT,
                        "OK"),
                Arguments.of(
                        "goes on after such a marker",
                        KNOWN.withMarker((short) 4, 0, 0),
                        4,
                        30,
                        34,
                        true,
                        AppendOrigin.CLIENT,
                        outOfOrder),
                Arguments.of(
                        "after a marker of its epoch",
                        KNOWN.withMarker((short) 3, 0, 0),
                        3,
                        30,
                        34,
                        true,
                        AppendOrigin.CLIENT,
                        "OK"),
                Arguments.of("in its transaction", inTransaction(), 3, 5, 9, true, AppendOrigin.CLIENT, "OK"),
                Arguments.of(
                        "beside its transaction",
                        inTransaction(),
                        3,
                        5,
                        9,
                        false,
                        AppendOrigin.CLIENT,
                        Errors.INVALID_TXN_STATE.name()),
                Arguments.of("offsets of a transaction", KNOWN, 3, -1, -1, true, AppendOrigin.COORDINATOR, "OK"),
                Arguments.of("offsets of an old epoch", KNOWN, 2, -1, -1, true, AppendOrigin.COORDINATOR, stale),
                Arguments.of("replicated, whatever it is", KNOWN, 2, 99, 99, false, AppendOrigin.REPLICATION, "OK"));
    }

    @ParameterizedTest(name = "{0}: {7}")
    @MethodSource("batches")
    void shouldJudgeABatchAsKafkaDoes(
            String what,
            ProducerEntry known,
            int epoch,
            int first,
            int last,
            boolean txn,
            AppendOrigin origin,
            String outcome) {
        ProducerCheck check = ProducerRules.data(known, (short) epoch, first, last, txn, origin);

        assertThat(describe(check)).as(what).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({"true, 0, OK", "true, 1, OUT_OF_ORDER_SEQUENCE_NUMBER", "true, -1, OK", "false, 30, OK"})
    void shouldBeginAnEmptyLogAtTheFirstSequenceOnly(boolean unknown, int sequence, String outcome) {
        ProducerCheck check = ProducerRules.firstOfLog(unknown ? NEW : KNOWN, sequence);

        assertThat(describe(check)).isEqualTo(outcome);
    }

    static Stream<Arguments> markers() {
        ProducerEntry idle = inTransaction().withMarker((short) 3, 8, 0);
        return Stream.of(
                Arguments.of("same epoch, version 1", inTransaction(), 3, 0, false, "OK"),
                Arguments.of(
                        "same epoch, version 2", inTransaction(), 3, 0, true, Errors.INVALID_PRODUCER_EPOCH.name()),
                Arguments.of("next epoch, version 2", inTransaction(), 4, 0, true, "OK"),
                Arguments.of("repeated, version 2", idle, 3, 8, true, "OK"),
                Arguments.of("old epoch", idle, 2, 8, false, Errors.INVALID_PRODUCER_EPOCH.name()),
                Arguments.of("old coordinator", idle, 3, 7, false, Errors.TRANSACTION_COORDINATOR_FENCED.name()));
    }

    @ParameterizedTest(name = "{0}: {5}")
    @MethodSource("markers")
    void shouldJudgeAMarkerAsKafkaDoes(
            String what, ProducerEntry known, int epoch, int coordinatorEpoch, boolean strict, String outcome) {
        ProducerCheck check = ProducerRules.marker(known, (short) epoch, coordinatorEpoch, strict);

        assertThat(describe(check)).as(what).isEqualTo(outcome);
    }

    private static String describe(ProducerCheck check) {
        if (check instanceof Duplicate d) {
            return d.baseOffset() + "-" + d.lastOffset() + "@" + d.timestamp();
        }
        return check instanceof Rejected r ? r.error().name() : "OK";
    }
}
