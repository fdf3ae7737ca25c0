package dev.weir.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What happened, as the clients saw it. Many threads may add to it; it is checked when they have ended.
 *
 * <p>The final log is read by one reader, from the start, when all faults are over.
 */
public final class History {
    private final Collection<Send> sends = new ConcurrentLinkedQueue<>();
    private final Collection<Poll> polls = new ConcurrentLinkedQueue<>();
    private final Collection<Committed> commits = new ConcurrentLinkedQueue<>();
    private final NavigableMap<Integer, NavigableMap<Long, List<Long>>> finalLog = new TreeMap<>();

    public void add(Send send) {
        sends.add(send);
    }

    public void add(Poll poll) {
        polls.add(poll);
    }

    public void add(Committed committed) {
        commits.add(committed);
    }

    /** One record of the final log; the same offset may come twice, which is an anomaly. */
    public synchronized void addFinal(int partition, long offset, long value) {
        finalLog.computeIfAbsent(partition, p -> new TreeMap<>())
                .computeIfAbsent(offset, o -> new ArrayList<>(1))
                .add(value);
    }

    Collection<Send> sends() {
        return sends;
    }

    Collection<Poll> polls() {
        return polls;
    }

    Collection<Committed> commits() {
        return commits;
    }

    NavigableMap<Integer, NavigableMap<Long, List<Long>>> finalLog() {
        return finalLog;
    }

    NavigableMap<Long, List<Long>> finalLog(int partition) {
        return finalLog.getOrDefault(partition, new TreeMap<>());
    }

    Optional<Long> finalAt(int partition, long offset) {
        return Optional.ofNullable(finalLog(partition).get(offset)).map(values -> values.get(0));
    }

    /** How many records were acknowledged at acks=all. */
    public long acknowledged() {
        return sends.stream()
                .filter(send -> send.guarantee().durable && send.isAcknowledged())
                .count();
    }

    /** One line of figures. */
    public String summary() {
        long unknown = sends.stream().filter(send -> !send.isAcknowledged()).count();
        long records = finalLog.values().stream().mapToLong(NavigableMap::size).sum();
        return sends.size() + " sent, " + acknowledged() + " acknowledged by all, " + unknown + " of unknown outcome, "
                + polls.size() + " polled, " + commits.size() + " commits made or seen, " + records
                + " in the final log";
    }
}
