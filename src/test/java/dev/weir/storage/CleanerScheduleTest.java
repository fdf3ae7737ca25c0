package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import dev.weir.storage.batch.RecordsFixture;
import dev.weir.storage.file.IoThrottle;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** When and what to compact: ranges, groups and the throttle. */
class CleanerScheduleTest {
    private static final long NOW = RecordsFixture.NOW;

    /** Segments of 100 offsets and 1000 bytes; the i-th was begun i hours and ended i + 1 hours after NOW - 10 h. */
    private static List<SegmentFacts> segments(int count) {
        List<SegmentFacts> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long began = NOW - 36_000_000 + i * 3_600_000L;
            segments.add(new SegmentFacts(i * 100, (i + 1) * 100, 1000, 80, 120, began, began + 3_600_000));
        }
        return segments;
    }

    static Stream<Arguments> ranges() {
        long hour = 3_600_000;
        return Stream.of(
                // checkpoint, last stable offset, min lag, max lag; first dirty, end, clean, dirty bytes, overdue
                Arguments.of("all dirty", -1, 1000, 0, Long.MAX_VALUE, 0, 500, 0, 5000, false),
                Arguments.of("some clean", 200, 1000, 0, Long.MAX_VALUE, 200, 500, 2000, 3000, false),
                Arguments.of("within a segment", 250, 1000, 0, Long.MAX_VALUE, 250, 500, 2000, 3000, false),
                Arguments.of("all clean", 500, 1000, 0, Long.MAX_VALUE, 500, 500, 5000, 0, false),
                Arguments.of("checkpoint beyond the end", 9999, 1000, 0, Long.MAX_VALUE, 0, 500, 0, 5000, false),
                Arguments.of("open transaction", -1, 250, 0, Long.MAX_VALUE, 0, 200, 0, 2000, false),
                Arguments.of("transaction ends a segment", -1, 300, 0, Long.MAX_VALUE, 0, 300, 0, 3000, false),
                Arguments.of("young records", -1, 1000, 7 * hour, Long.MAX_VALUE, 0, 300, 0, 3000, false),
                Arguments.of("old records", -1, 1000, 0, 9 * hour, 0, 500, 0, 5000, true),
                Arguments.of("old records are clean", 200, 1000, 0, 9 * hour, 200, 500, 2000, 3000, false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ranges")
    void shouldFindWhatMayBeCompacted(
            String what,
            long checkpoint,
            long stable,
            long minLag,
            long maxLag,
            long first,
            long end,
            long clean,
            long dirty,
            boolean overdue) {
        // Given
        LogConfig config = TestLogConfig.of(r -> {
            r.compact = true;
            r.minCompactionLagMs = minLag;
            r.maxCompactionLagMs = maxLag;
        });

        // When
        CleanableRange range = CleanableRange.of(segments(5), 0, 1000, stable, checkpoint, config, NOW);

        // Then
        assertThat(range).as(what).isEqualTo(new CleanableRange(first, end, clean, dirty, overdue));
    }

    @ParameterizedTest
    @CsvSource({
        "5000, 5000, false, false",
        "4999, 5000, false, true",
        "9000, 1, true, true",
        "9000, 0, true, false",
        "0, 0, false, false"
    })
    void shouldBeDueAboveTheRatioOrWhenOverdue(long clean, long dirty, boolean overdue, boolean due) {
        CleanableRange range = new CleanableRange(0, 100, clean, dirty, overdue);

        assertThat(range.isDue(TestLogConfig.of(r -> r.minCleanableDirtyRatio = 0.5)))
                .isEqualTo(due);
    }

    @ParameterizedTest
    @CsvSource({"2500, 10000, 2-2-1", "999, 10000, 1-1-1-1-1", "99999, 250, 2-2-1", "99999, 10000, 5"})
    void shouldGroupSegmentsUpToTheirSizes(long logBytes, long indexBytes, String sizes) {
        var groups = SegmentGroups.of(segments(5), f -> f, logBytes, indexBytes);

        assertThat(String.join(
                        "-",
                        groups.stream().map(g -> Integer.toString(g.size())).toList()))
                .isEqualTo(sizes);
        assertThat(groups.stream().flatMap(List::stream).toList()).isEqualTo(segments(5));
    }

    @Test
    void shouldNotGroupOffsetsThatOneSegmentCannotHold() {
        SegmentFacts first = new SegmentFacts(0, Integer.MAX_VALUE, 1, 8, 12, -1, -1);
        SegmentFacts second = new SegmentFacts(Integer.MAX_VALUE, Integer.MAX_VALUE + 2L, 1, 8, 12, -1, -1);

        assertThat(SegmentGroups.of(List.of(first, second), f -> f, 1000, 1000)).hasSize(2);
    }

    @Test
    void shouldSpreadBytesOverTime() {
        // Given
        IoThrottle throttle = new IoThrottle(1000);
        long now = 0;

        // When
        for (int i = 0; i < 100; i++) {
            now += throttle.spend(500, now);
        }

        // Then
        assertThat(now).isBetween(49_000_000_000L, 50_000_000_000L);
    }

    @Test
    void shouldAllowALimitedBurstAfterAPause() {
        IoThrottle throttle = new IoThrottle(1000);
        throttle.spend(1, 0);

        long wait = throttle.spend(1000, 3_600_000_000_000L);

        assertThat(wait).isEqualTo(1_000_000_000L - IoThrottle.BURST_NANOS);
    }

    @Test
    void shouldNotWaitWithoutALimit() {
        IoThrottle throttle = new IoThrottle(Double.MAX_VALUE);

        assertThat(throttle.spend(Integer.MAX_VALUE, 5)).isZero();
        assertThat(throttle.spend(Integer.MAX_VALUE, 5)).isZero();
    }
}
