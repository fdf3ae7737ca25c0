package dev.weir.quorum;

import dev.weir.quorum.QuorumRequest.Fetch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The fetches that wait for news at the leader: one for each replica, the newest. */
final class WaitingFetches {
    private final Map<ReplicaKey, Waiting> byReplica = new LinkedHashMap<>();

    /** Lets a fetch wait. Returns the one that it takes the place of. */
    Optional<Waiting> park(long requestId, Fetch fetch, long deadline) {
        return Optional.ofNullable(byReplica.put(fetch.replica(), new Waiting(requestId, fetch, deadline)));
    }

    /** Ends the wait of those that {@code which} names. */
    void wake(Predicate<Waiting> which, Consumer<Waiting> answer) {
        List<Waiting> awake = new ArrayList<>(byReplica.values());
        awake.removeIf(which.negate());
        byReplica.values().removeAll(awake);
        awake.forEach(answer);
    }

    record Waiting(long requestId, Fetch fetch, long deadline) {}
}
