package dev.weir.gateway;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What a number of parts answered last. A part that fails, or does not answer in time, is taken at its word of before, so that
 * one of them hides no other and no counter falls. Owned by the gateway.
 *
 * @param <T> the answer of a part
 */
final class LastAnswers<T> {
    private final long patienceMs;
    private final Map<Integer, T> last = new TreeMap<>();

    /** @param patienceMs how long a part may take to answer */
    LastAnswers(long patienceMs) {
        this.patienceMs = patienceMs;
    }

    /**
     * The answers in the order of the parts.
     *
     * @param known of the parts that have ever answered, what they said last
     * @param silent parts that have not answered this time
     */
    record Gathered<T>(List<T> known, int silent) {}

    /**
     * Never fails.
     *
     * @param asked the answers to be, one of each part and always in the same order
     */
    Future<Gathered<T>> gather(List<Future<T>> asked) {
        List<Future<Boolean>> answered = IntStream.range(0, asked.size())
                .mapToObj(part -> asked.get(part)
                        // Also where it comes too late for this time.
                        .onSuccess(answer -> last.put(part, answer))
                        .timeout(patienceMs, TimeUnit.MILLISECONDS)
                        .map(true)
                        .otherwise(false))
                .toList();
        return Future.all(answered)
                .map(all -> new Gathered<>(List.copyOf(last.values()), (int) all.<Boolean>list().stream()
                        .filter(in -> !Objects.equals(in, true))
                        .count()));
    }
}
