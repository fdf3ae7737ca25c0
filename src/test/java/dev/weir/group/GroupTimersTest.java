package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.core.GroupEffect.TimerKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many timers behind one. */
class GroupTimersTest {
    private int sooner;
    private final GroupTimers timers = new GroupTimers(() -> sooner++);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldDoWhatAPlainMapOfTimersWouldDo(long seed) {
        Random random = new Random(seed);
        Map<String, Long> model = new HashMap<>();
        long nowMs = 0;
        for (int i = 0; i < 5_000; i++) {
            String name = random.nextInt(2) + "/" + random.nextInt(10);
            int partition = name.charAt(0) - '0';
            switch (random.nextInt(8)) {
                case 0 -> {
                    timers.cancel(partition, key(name));
                    model.remove(name);
                }
                case 1, 2 -> {
                    nowMs += random.nextInt(40);
                    assertThat(fired(nowMs)).containsExactlyInAnyOrderElementsOf(due(model, nowMs));
                }
                case 3 -> {
                    if (random.nextInt(50) == 0) {
                        timers.cancelAll(partition);
                        model.keySet().removeIf(n -> n.startsWith(partition + "/"));
                    }
                }
                default -> {
                    long dueMs = nowMs + random.nextInt(100);
                    timers.start(partition, key(name), dueMs);
                    model.put(name, dueMs);
                }
            }
            assertThat(timers.size()).isEqualTo(model.size());
            assertThat(timers.nextMs())
                    .isLessThanOrEqualTo(model.values().stream()
                            .mapToLong(Long::longValue)
                            .min()
                            .orElse(GroupTimers.NEVER));
        }
    }

    @Test
    void shouldSayWhenItsNextTimerIsSooner() {
        timers.start(0, key("a"), 100);
        timers.start(0, key("b"), 200);
        timers.start(0, key("a"), 300);
        assertThat(sooner).isEqualTo(1);

        timers.start(0, key("b"), 50);

        assertThat(sooner).isEqualTo(2);
        assertThat(timers.nextMs()).isEqualTo(50);
    }

    @Test
    void shouldLetWhatFiresStartTimers() {
        timers.start(0, key("a"), 10);
        List<String> fired = new ArrayList<>();

        timers.fire(10, (partition, key) -> {
            fired.add(key.kind());
            if (fired.size() < 3) {
                timers.start(0, key, 10);
            }
        });

        assertThat(fired).containsExactly("a", "a", "a");
        assertThat(timers.size()).isZero();
    }

    private List<String> fired(long nowMs) {
        List<String> fired = new ArrayList<>();
        timers.fire(nowMs, (partition, key) -> fired.add(key.kind()));
        return fired;
    }

    private static List<String> due(Map<String, Long> model, long nowMs) {
        List<String> due = model.entrySet().stream()
                .filter(e -> e.getValue() <= nowMs)
                .map(Map.Entry::getKey)
                .toList();
        due.forEach(model::remove);
        return due;
    }

    private static TimerKey key(String name) {
        return new TimerKey("g", name, "");
    }
}
