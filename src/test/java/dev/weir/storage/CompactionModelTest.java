package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compaction of random logs against a plain map of the newest committed values; planted mistakes must be noticed. */
class CompactionModelTest {
    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("weir.seeds", 20));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKeepWhatAReaderMustSee(long seed) {
        new CompactionModel(seed, CompactionModel.Mistake.NONE).run(250);
    }

    @ParameterizedTest
    @EnumSource(value = CompactionModel.Mistake.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldNoticeAPlantedMistake(CompactionModel.Mistake mistake) {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < 40; seed++) {
                        new CompactionModel(seed, mistake).run(250);
                    }
                })
                .isInstanceOf(AssertionError.class);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldLeaveACompactedLogAsItIsUntilATombstoneExpires(long seed) {
        // Given
        CompactionModel model = new CompactionModel(seed, CompactionModel.Mistake.NONE);
        model.run(120);
        model.closeTransactionsAndRoll();
        for (int i = 0; i < 4; i++) {
            model.compact(1 << 20);
        }
        ByteBuffer before = model.bytes();

        // When
        model.compact(1 << 20);

        // Then
        assertThat(model.bytes()).isEqualTo(before);
    }
}
