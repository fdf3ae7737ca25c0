package dev.weir.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class EarliestTimerTest {
    private static final long HOUR_MS = 3_600_000;

    private final TreeSet<Long> deadlines = new TreeSet<>();
    private final List<Long> expired = new ArrayList<>();
    private long nowMs = 1_000;

    @Test
    void shouldExpireTheEarliestThenTheNext(Vertx vertx, VertxTestContext test) {
        EarliestTimer timer = new EarliestTimer(() -> nowMs, this::next, now -> {
            nowMs = deadlines.first();
            expired.add(deadlines.pollFirst());
            if (deadlines.isEmpty()) {
                test.verify(() -> assertThat(expired).containsExactly(1_001L, 1_002L));
                test.completeNow();
            }
        });
        vertx.runOnContext(start -> {
            deadlines.add(1_002L);
            timer.arm(vertx);
            deadlines.add(1_001L);
            timer.arm(vertx);
        });
    }

    @Test
    void shouldNotWaitForALaterDeadlineWhenAnEarlierOneComes(Vertx vertx, VertxTestContext test) {
        EarliestTimer timer = new EarliestTimer(() -> nowMs, this::next, now -> {
            test.verify(() -> assertThat(now).isEqualTo(1_000));
            deadlines.clear();
            test.completeNow();
        });
        vertx.runOnContext(start -> {
            deadlines.add(nowMs + HOUR_MS);
            timer.arm(vertx);
            deadlines.add(nowMs);
            timer.arm(vertx);
        });
    }

    @Test
    void shouldExpireTheNextThoughOneBreaksOff(Vertx vertx, VertxTestContext test) {
        EarliestTimer timer = new EarliestTimer(() -> nowMs, this::next, now -> {
            nowMs = deadlines.pollFirst();
            if (!deadlines.isEmpty()) {
                throw new IllegalStateException("for the test");
            }
            test.completeNow();
        });
        vertx.runOnContext(start -> {
            deadlines.add(1_001L);
            deadlines.add(1_002L);
            timer.arm(vertx);
        });
    }

    @Test
    void shouldSetNoTimerIfNothingWaits(Vertx vertx) {
        EarliestTimer timer = new EarliestTimer(() -> nowMs, () -> -1, now -> expired.add(now));

        timer.arm(vertx);

        assertThat(vertx.cancelTimer(0)).isFalse();
        assertThat(expired).isEmpty();
    }

    private long next() {
        return deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.first();
    }
}
