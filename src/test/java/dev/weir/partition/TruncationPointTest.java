package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.EpochEndOffset;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a follower's log is cut. */
class TruncationPointTest {
    @ParameterizedTest
    @CsvSource({
        // the same epoch, longer on one side or the other
        "3, 80, 3, 100, 100, 80",
        "3, 100, 3, 80, 90, 80",
        // the leader never had epoch 3: all after epoch 2 goes
        "2, 90, 2, 60, 100, 60",
        // this log never had the leader's epoch 2: all after its own epoch 1 goes
        "2, 90, 1, 50, 100, 50",
        // nothing is known of epochs here
        "2, 90, -1, -1, 100, 90",
        "2, 90, -1, -1, 70, 70",
        // nothing is cut
        "2, 90, 2, 90, 90, 90"
    })
    void shouldCutWhereTheEpochsPart(
            int leaderEpoch, long leaderEnd, int ownEpoch, long ownEnd, long logEnd, long expected) {
        assertThat(TruncationPoint.ofDiverging(
                        new EpochEndOffset(leaderEpoch, leaderEnd), new EpochEndOffset(ownEpoch, ownEnd), logEnd))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 300, 500, 500",
        // as long as the leader's start: nothing is missing
        "0, 500, 500, ",
        // longer than the leader, when it answered
        "0, 100, 50, ",
        // without a record there is nothing to lose
        "500, 500, 0, 0",
        "0, 0, 50, 50",
        "500, 500, 500, ",
        // the leader did not say
        "0, 300, -1, ",
        "300, 300, -1, "
    })
    void shouldStartOverOnlyBelowTheLeadersStartOrWithoutRecords(
            long start, long end, long leaderStart, Long expected) {
        assertThat(TruncationPoint.ofOutOfRange(start, end, leaderStart))
                .isEqualTo(expected == null ? OptionalLong.empty() : OptionalLong.of(expected));
    }
}
