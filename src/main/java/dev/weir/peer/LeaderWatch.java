package dev.weir.peer;

import dev.weir.quorum.QuorumClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Ends the wait for a controller's answer when another broker leads. While anything waits, it looks now and then who does. Owns an
 * event loop context; its method may be called on any thread.
 */
final class LeaderWatch {
    private static final long LOOK_MS = 100;

    private final Vertx vertx;
    private final QuorumClient quorum;
    private final Context owner;
    private final Set<Waiting> waiting = new HashSet<>();
    private boolean looking;

    LeaderWatch(Vertx vertx, QuorumClient quorum) {
        this.vertx = vertx;
        this.quorum = quorum;
        this.owner = ((VertxInternal) vertx).createEventLoopContext();
    }

    /**
     * Returns the answer of a controller, or a failure with {@link Moved} if another broker leads before it comes. Completes on the
     * caller's context.
     */
    <T> Future<T> whileLeads(int controllerId, Future<T> answer) {
        Promise<T> first = ((ContextInternal) vertx.getOrCreateContext()).promise();
        Waiting one = new Waiting(controllerId, cause -> first.tryFail(cause));
        owner.runOnContext(turn -> {
            waiting.add(one);
            look();
        });
        answer.onComplete(result -> {
            if (result.succeeded()) {
                first.tryComplete(result.result());
            } else {
                first.tryFail(result.cause());
            }
            owner.runOnContext(turn -> waiting.remove(one));
        });
        return first.future();
    }

    private void look() {
        if (looking || waiting.isEmpty()) {
            return;
        }
        looking = true;
        vertx.setTimer(LOOK_MS, timer -> quorum.view().onComplete(view -> {
            looking = false;
            if (view.succeeded() && view.result().leaderId() >= 0) {
                tell(view.result().leaderId());
            }
            look();
        }));
    }

    private void tell(int leaderId) {
        List<Waiting> moved =
                waiting.stream().filter(one -> one.controllerId != leaderId).toList();
        moved.forEach(waiting::remove);
        for (Waiting one : moved) {
            try {
                one.end.accept(new Moved(one.controllerId));
            } catch (RejectedExecutionException e) {
                // The caller is undeployed, so nobody waits; the others must still be told.
            }
        }
    }

    /** Another broker leads now. The one that was asked may have carried the request out. Carries no stack trace. */
    static final class Moved extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Moved(int controllerId) {
            super("broker " + controllerId + " is not the controller any more", null, false, false);
        }
    }

    /** One that waits. Two of them are never equal. */
    private static final class Waiting {
        private final int controllerId;
        private final Consumer<Moved> end;

        Waiting(int controllerId, Consumer<Moved> end) {
            this.controllerId = controllerId;
            this.end = end;
        }
    }
}
