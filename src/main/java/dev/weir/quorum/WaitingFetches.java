package dev.weir.quorum;

import dev.weir.quorum.QuorumRequest.Fetch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The fetches that wait for news at the leader: one for each replica and connection, the newest. Anybody may fetch under any id,
 * so {@value #MOST_OF_ONE_ID} may wait for each id that is a voter's or a registered broker's, and {@value #MOST_STRANGERS}
 * others in all. The oldest makes room: it is answered at once, with no news.
 */
final class WaitingFetches {
    static final int MOST_STRANGERS = 64;
    static final int MOST_OF_ONE_ID = 4;

    /** The oldest comes first. */
    private final Map<Place, Waiting> waiting = new LinkedHashMap<>();

    /** Lets a fetch wait. Returns those that it takes the place of, which are to be answered. */
    List<Waiting> park(long requestId, Asker asker, boolean stranger, Fetch fetch, long deadline) {
        List<Waiting> ended = new ArrayList<>();
        Place place = new Place(fetch.replica(), asker.connection());
        Waiting before = waiting.remove(place);
        if (before != null) {
            ended.add(before);
        }
        makeRoom(fetch.replica().id(), stranger, ended);
        waiting.put(place, new Waiting(requestId, stranger, fetch, deadline));
        return ended;
    }

    /** Ends the wait of those that {@code which} names. */
    void wake(Predicate<Waiting> which, Consumer<Waiting> answer) {
        List<Waiting> awake = new ArrayList<>(waiting.values());
        awake.removeIf(which.negate());
        waiting.values().removeAll(awake);
        awake.forEach(answer);
    }

    private void makeRoom(int id, boolean stranger, List<Waiting> ended) {
        Predicate<Waiting> alike = stranger
                ? Waiting::stranger
                : w -> !w.stranger() && w.fetch().replica().id() == id;
        long over = waiting.values().stream().filter(alike).count() + 1 - (stranger ? MOST_STRANGERS : MOST_OF_ONE_ID);
        for (Iterator<Waiting> oldest = waiting.values().iterator(); over > 0 && oldest.hasNext(); ) {
            Waiting next = oldest.next();
            if (alike.test(next)) {
                oldest.remove();
                ended.add(next);
                over--;
            }
        }
    }

    private record Place(ReplicaKey replica, long connection) {}

    /**
     * A fetch that waits.
     *
     * @param stranger whether it came from neither a voter nor a registered broker
     */
    record Waiting(long requestId, boolean stranger, Fetch fetch, long deadline) {}
}
