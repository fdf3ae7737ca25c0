package dev.weir.cluster;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Lives of which something was told, the newest last. Of more than {@link MembershipCore#MAX_PEERS} the oldest go. */
final class Hearsay {
    private final Set<Life> lives = new LinkedHashSet<>();

    void add(Life life) {
        lives.remove(life);
        lives.add(life);
        if (lives.size() > MembershipCore.MAX_PEERS) {
            Iterator<Life> oldest = lives.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    void remove(Life life) {
        lives.remove(life);
    }

    void clear() {
        lives.clear();
    }

    boolean any(Predicate<Life> concerns) {
        return lives.stream().anyMatch(concerns);
    }
}
