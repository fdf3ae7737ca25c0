package dev.weir.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.history.Anomaly.Kind;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A history without anomalies, and each anomaly planted in it. */
class HistoryCheckerTest {
    private static final int PARTITION = 0;
    private static final int RECORDS = 10;
    private static final String GROUP = "g";

    private final History history = new History();

    /** Ten records of one idempotent producer, read by a reader and by a group, which has committed all of them. */
    @BeforeEach
    void record() {
        for (int i = 0; i < RECORDS; i++) {
            send(Guarantee.EXACTLY_ONCE, i, i);
            history.addFinal(PARTITION, i, i);
            poll("reader", "", i, i);
            poll("member", GROUP, i, i);
        }
        history.add(new Committed(GROUP, PARTITION, 1, 2, RECORDS, false));
        history.add(new Committed(GROUP, PARTITION, 3, 4, RECORDS, true));
    }

    @Test
    void shouldFindNothingInAHistoryWithoutFaults() {
        send(Guarantee.EXACTLY_ONCE, 11, Send.UNKNOWN);
        send(Guarantee.LEADER_ONLY, 12, 99);

        assertThat(HistoryChecker.check(history)).isEmpty();
    }

    @Test
    void shouldTakeARecordOfUnknownOutcomeThatIsThere() {
        send(Guarantee.EXACTLY_ONCE, 11, Send.UNKNOWN);
        history.addFinal(PARTITION, 12, 11);

        assertThat(HistoryChecker.check(history)).isEmpty();
    }

    @Test
    void shouldFindALostWrite() {
        assertFinds(Kind.LOST_WRITE, h -> send(Guarantee.ACKNOWLEDGED, 20, 10));
    }

    @Test
    void shouldFindADuplicateOfAnUnacknowledgedRecord() {
        assertFinds(Kind.DUPLICATE, h -> {
            send(Guarantee.EXACTLY_ONCE, 20, Send.UNKNOWN);
            h.addFinal(PARTITION, 10, 20);
            h.addFinal(PARTITION, 11, 20);
        });
    }

    @Test
    void shouldFindARecordAtAnotherOffsetThanAcknowledged() {
        assertFinds(Kind.INCONSISTENT_OFFSETS, h -> {
            send(Guarantee.ACKNOWLEDGED, 20, 10);
            h.addFinal(PARTITION, 11, 20);
        });
    }

    @Test
    void shouldFindTwoValuesOfOneOffset() {
        assertFinds(Kind.INCONSISTENT_OFFSETS, h -> {
            send(Guarantee.LEADER_ONLY, 20, 3);
            poll("other", "", 3, 20);
        });
    }

    @Test
    void shouldFindAReadOfWhatWasNotCommitted() {
        assertFinds(Kind.DIRTY_READ, h -> {
            send(Guarantee.LEADER_ONLY, 20, 10);
            poll("reader", "", 10, 20);
        });
    }

    @Test
    void shouldFindARecordThatNobodySent() {
        assertFinds(Kind.PHANTOM, h -> h.addFinal(PARTITION, 10, 20));
    }

    @Test
    void shouldFindAConsumerThatGoesBack() {
        assertFinds(Kind.NONMONOTONIC_POLL, h -> poll("reader", "", 4, 4));
    }

    @Test
    void shouldFindAConsumerThatPassesOverARecord() {
        assertFinds(Kind.SKIPPED_POLL, h -> {
            poll("second", "", 2, 2);
            poll("second", "", 4, 4);
        });
    }

    @Test
    void shouldTakeAGapOfTheLogForNone() {
        send(Guarantee.EXACTLY_ONCE, 20, 15);
        history.addFinal(PARTITION, 15, 20);
        poll("reader", "", 15, 20);

        assertThat(HistoryChecker.check(history)).isEmpty();
    }

    @Test
    void shouldFindAcknowledgementsThatGoBack() {
        assertFinds(Kind.NONMONOTONIC_SEND, h -> {
            send(Guarantee.EXACTLY_ONCE, 20, 11);
            send(Guarantee.EXACTLY_ONCE, 21, 10);
            h.addFinal(PARTITION, 11, 20);
            h.addFinal(PARTITION, 10, 21);
        });
    }

    @Test
    void shouldFindRecordsInAnotherOrderThanSent() {
        assertFinds(Kind.REORDERED, h -> {
            send(Guarantee.EXACTLY_ONCE, 20, Send.UNKNOWN);
            send(Guarantee.EXACTLY_ONCE, 21, 10);
            h.addFinal(PARTITION, 11, 20);
            h.addFinal(PARTITION, 10, 21);
        });
    }

    @Test
    void shouldFindACommittedOffsetThatWentBack() {
        assertFinds(Kind.LOST_COMMIT, h -> h.add(new Committed(GROUP, PARTITION, 5, 6, 7, true)));
    }

    @Test
    void shouldNotHoldACommitOfUnknownOutcomeAgainstALookup() {
        history.add(new Committed(GROUP, PARTITION, 5, Long.MAX_VALUE, 20, false));
        history.add(new Committed(GROUP, PARTITION, 7, 8, RECORDS, true));

        assertThat(HistoryChecker.check(history)).isEmpty();
    }

    @Test
    void shouldFindARecordThatAGroupHasPassedUnseen() {
        assertFinds(Kind.UNSEEN, h -> {
            send(Guarantee.EXACTLY_ONCE, 20, 10);
            h.addFinal(PARTITION, 10, 20);
            h.add(new Committed(GROUP, PARTITION, 5, 6, 11, true));
        });
    }

    @Test
    void shouldShowTheEventsThatProveIt() {
        send(Guarantee.ACKNOWLEDGED, 20, 10);

        assertThat(HistoryChecker.check(history)).singleElement().satisfies(anomaly -> {
            assertThat(anomaly.evidence()).anyMatch(line -> line.startsWith("Send["));
            assertThat(anomaly.toString()).contains("LOST_WRITE in partition 0: value 20");
        });
    }

    private void assertFinds(Kind kind, Consumer<History> mistake) {
        mistake.accept(history);

        assertThat(HistoryChecker.check(history)).extracting(Anomaly::kind).containsOnlyOnce(kind);
    }

    private void send(Guarantee guarantee, long value, long offset) {
        history.add(new Send(1, guarantee, PARTITION, value, offset));
    }

    private void poll(String reader, String group, long offset, long value) {
        history.add(new Poll(reader, group, PARTITION, offset, value));
    }
}
