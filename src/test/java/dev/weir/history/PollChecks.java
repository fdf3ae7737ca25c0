package dev.weir.history;

import dev.weir.history.Anomaly.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What consumers were given, against the final log and against each other. */
final class PollChecks {
    private final History history;
    private final Map<Stream, Poll> last = new HashMap<>();
    private final Map<Place, Poll> seen = new HashMap<>();
    private final List<Anomaly> anomalies = new ArrayList<>();

    private record Stream(String reader, int partition) {}

    private record Place(int partition, long offset) {}

    PollChecks(History history) {
        this.history = history;
    }

    List<Anomaly> check() {
        for (Poll poll : history.polls()) {
            checkValue(poll);
            checkStep(poll);
        }
        return anomalies;
    }

    private void checkValue(Poll poll) {
        Poll other = seen.putIfAbsent(new Place(poll.partition(), poll.offset()), poll);
        if (other != null && other.value() != poll.value()) {
            report(
                    Kind.INCONSISTENT_OFFSETS,
                    poll,
                    "offset " + poll.offset() + " was seen with two values",
                    List.of(other.toString(), poll.toString()));
            return;
        }
        long there = history.finalAt(poll.partition(), poll.offset()).orElse(Long.MIN_VALUE);
        if (other == null && there != poll.value()) {
            report(
                    Kind.DIRTY_READ,
                    poll,
                    "value " + poll.value() + " was read at " + poll.offset() + " and is not there",
                    List.of(poll.toString(), "final log: " + (there == Long.MIN_VALUE ? "nothing" : there)));
        }
    }

    /** The polls of one reader were added in the order of its reading. */
    private void checkStep(Poll poll) {
        Poll before = last.put(new Stream(poll.reader(), poll.partition()), poll);
        if (before == null) {
            return;
        }
        if (poll.offset() <= before.offset()) {
            report(
                    Kind.NONMONOTONIC_POLL,
                    poll,
                    "from " + before.offset() + " to " + poll.offset(),
                    List.of(before.toString(), poll.toString()));
            return;
        }
        var between = history.finalLog(poll.partition()).subMap(before.offset(), false, poll.offset(), false);
        if (!between.isEmpty()) {
            report(
                    Kind.SKIPPED_POLL,
                    poll,
                    "from " + before.offset() + " to " + poll.offset(),
                    List.of(before.toString(), "final log between: " + between, poll.toString()));
        }
    }

    private void report(Kind kind, Poll poll, String what, List<String> evidence) {
        anomalies.add(new Anomaly(kind, poll.partition(), what, evidence));
    }
}
