package dev.weir.quorum;

import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.apache.kafka.common.Uuid;

/**
 * The id of the cluster as one replica knows it. A replica may begin without one: the first leader makes it, and tells it with
 * BeginQuorumEpoch. Once known it never changes.
 *
 * <p>There is never a second id, since the first elections need every configured voter: one that knows an id refuses a candidate that
 * doesn't, and is asked by no leader of an older epoch any more. So an id that any voter still knows is that of the next leader.
 */
final class ClusterName {
    private static final int BITS = 30;
    private static final int PARTS = 3;

    private Optional<String> id;

    ClusterName(Optional<String> id) {
        this.id = id;
    }

    Optional<String> id() {
        return id;
    }

    boolean isKnown() {
        return id.isPresent();
    }

    /** Whether a peer belongs to another cluster. */
    boolean contradicts(Optional<String> named) {
        return id.isPresent() && named.isPresent() && !id.equals(named);
    }

    /** Whether a candidate may have this voter's vote: it knows the id if this voter does. */
    boolean mayLead(Optional<String> candidates) {
        return id.isEmpty() || id.equals(candidates);
    }

    /** Takes the id over, if none is known yet. Returns whether it is new here. */
    boolean take(Optional<String> named) {
        boolean taken = id.isEmpty() && named.isPresent();
        if (taken) {
            id = named;
        }
        return taken;
    }

    /** A new random id, in Kafka's form. */
    static String random(IntUnaryOperator chance) {
        String made;
        do {
            made = new Uuid(bits(chance), bits(chance)).toString();
            // As in Kafka: a dash in front would look like an option on a command line.
        } while (made.startsWith("-"));
        return made;
    }

    private static long bits(IntUnaryOperator chance) {
        long bits = 0;
        for (int i = 0; i < PARTS; i++) {
            bits = bits << BITS ^ chance.applyAsInt(1 << BITS);
        }
        return bits;
    }
}
