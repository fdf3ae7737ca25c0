package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckedBytesTest {
    private static final int SIZE = 200;

    private final CheckedBytes checked = new CheckedBytes();

    @Test
    void shouldCountWhatIsAppendedAsChecked() {
        assertThat(checked.covers(0, 10)).isTrue();
        checked.noneBelow(100);
        assertThat(checked.covers(99, 101)).isFalse();
        assertThat(checked.covers(100, 500)).isTrue();
    }

    @Test
    void shouldJoinWhatIsReadInTurn() {
        checked.noneBelow(100);
        checked.add(0, 30);
        checked.add(30, 100);

        assertThat(checked.covers(10, 500)).isTrue();
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /** It may forget, but never claims what was not checked; few ranges it does not forget. */
    @ParameterizedTest
    @MethodSource("seeds")
    void shouldNeverClaimWhatWasNotChecked(long seed) {
        Random random = new Random(seed);
        BitSet known = new BitSet();
        known.set(SIZE, 2 * SIZE);
        checked.noneBelow(SIZE);
        boolean few = random.nextBoolean();
        for (int i = 0; i < (few ? 10 : 100); i++) {
            int start = random.nextInt(SIZE);
            int end = start + 1 + random.nextInt(few ? 40 : 6);
            if (random.nextInt(15) == 0) {
                int cut = SIZE / 2 + random.nextInt(SIZE / 2);
                checked.cutAt(cut);
                // What is appended after a cut is checked.
                known.set(cut, 2 * SIZE);
            } else if (random.nextBoolean()) {
                checked.add(start, end);
                known.set(start, end);
            } else {
                boolean all = known.nextClearBit(start) >= end;
                assertThat(checked.covers(start, end)).isIn(few ? new Boolean[] {all} : new Boolean[] {all, false});
            }
        }
    }
}
