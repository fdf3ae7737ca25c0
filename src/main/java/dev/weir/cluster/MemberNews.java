package dev.weir.cluster;

import java.util.List;
import java.util.Map;

/** What the library of the membership tells. */
sealed interface MemberNews {
    /**
     * All members as they are now, this broker among them. Always the whole list: after a merge, nobody tells that the old
     * members of the side that gave in are gone.
     */
    record MembersChanged(List<Map<String, String>> attributes) implements MemberNews {
        public MembersChanged {
            attributes = List.copyOf(attributes);
        }
    }

    /** This broker takes no part any more; of the others this says nothing. */
    record Ended() implements MemberNews {}
}
