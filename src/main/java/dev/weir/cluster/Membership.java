package dev.weir.cluster;

import java.util.List;
import java.util.function.Consumer;

/** The library that the membership comes from. Its calls may block for as long as a join hangs. */
interface Membership {
    /**
     * Joins, or starts a membership of one.
     *
     * @param members where to look for others
     * @param listener told from any thread
     * @throws Exception if that cannot be done now; it may be tried again
     */
    Joined join(List<Endpoint> members, Consumer<MemberNews> listener) throws Exception;

    /** A part in the membership that lasts until it is ended, or ends by itself. */
    interface Joined {
        boolean isRunning();

        /** Looks for others there from now on. */
        void lookFor(List<Endpoint> members);

        /** Ends it without waiting for others. */
        void end();
    }
}
