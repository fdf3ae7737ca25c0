package dev.weir.history;

import dev.weir.history.Anomaly.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What groups committed. Their members commit what they have been given and start where the group left off, so that the
 * committed offset of a partition never falls, and everything below it has been given to some member.
 */
final class GroupChecks {
    private final History history;
    private final List<Anomaly> anomalies = new ArrayList<>();

    private record Place(String group, int partition) {}

    GroupChecks(History history) {
        this.history = history;
    }

    List<Anomaly> check() {
        Map<Place, List<Committed>> byPlace = new HashMap<>();
        history.commits()
                .forEach(c -> byPlace.computeIfAbsent(new Place(c.group(), c.partition()), p -> new ArrayList<>())
                        .add(c));
        byPlace.values().forEach(this::checkReads);
        checkSeen(byPlace);
        return anomalies;
    }

    /** A lookup that began after a commit or an earlier lookup had ended must not show less. */
    private void checkReads(List<Committed> commits) {
        List<Committed> byEnd = new ArrayList<>(commits);
        byEnd.sort(Comparator.comparingLong(Committed::ended));
        List<Committed> reads =
                new ArrayList<>(commits.stream().filter(Committed::read).toList());
        reads.sort(Comparator.comparingLong(Committed::began));
        Committed highest = null;
        int next = 0;
        for (Committed read : reads) {
            while (next < byEnd.size() && byEnd.get(next).ended() < read.began()) {
                Committed event = byEnd.get(next++);
                highest = highest == null || event.offset() > highest.offset() ? event : highest;
            }
            if (highest != null && read.offset() < highest.offset()) {
                anomalies.add(new Anomaly(
                        Kind.LOST_COMMIT,
                        read.partition(),
                        "group " + read.group() + " was at " + highest.offset() + " and is at " + read.offset(),
                        List.of(highest.toString(), read.toString())));
            }
        }
    }

    private void checkSeen(Map<Place, List<Committed>> byPlace) {
        Map<Place, Set<Long>> given = new HashMap<>();
        for (Poll poll : history.polls()) {
            if (!poll.group().isEmpty()) {
                given.computeIfAbsent(new Place(poll.group(), poll.partition()), p -> new HashSet<>())
                        .add(poll.offset());
            }
        }
        byPlace.forEach((place, commits) -> {
            long end = commits.stream()
                    .filter(Committed::read)
                    .mapToLong(Committed::offset)
                    .max()
                    .orElse(0);
            Set<Long> offsets = given.getOrDefault(place, Set.of());
            history.finalLog(place.partition).headMap(end).forEach((offset, values) -> {
                if (!offsets.contains(offset)) {
                    anomalies.add(new Anomaly(
                            Kind.UNSEEN,
                            place.partition,
                            "group " + place.group + " committed " + end + " and no member was given " + offset,
                            List.of("final log: " + offset + " is " + values)));
                }
            });
        });
    }
}
