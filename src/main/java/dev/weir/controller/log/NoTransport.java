package dev.weir.controller.log;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumTransport;
import dev.weir.quorum.VoterSet;
import java.util.function.Consumer;

/** The transport of a broker that has no others to talk to: nobody answers. */
public final class NoTransport implements QuorumTransport {
    @Override
    public void send(
            int to, VoterSet voters, QuorumRequest request, Consumer<QuorumAnswer> answered, Runnable unanswered) {
        unanswered.run();
    }

    @Override
    public void close() {
        // there is nothing open
    }
}
