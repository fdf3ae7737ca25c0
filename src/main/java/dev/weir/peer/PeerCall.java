package dev.weir.peer;

import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** One request to a peer. It ends once, by one of the two methods of its outcome. Owned by its connection. */
final class PeerCall {
    private final ApiKeys api;
    private final Function<PeerVersions, ApiMessage> request;
    private final long deadlineMs;
    private final Outcome outcome;
    private short version = PeerVersions.NONE;

    /**
     * A request that has not been sent.
     *
     * @param request makes the request as soon as the peer's versions are known
     * @param deadlineMs by the clock of the connection
     */
    PeerCall(ApiKeys api, Function<PeerVersions, ApiMessage> request, long deadlineMs, Outcome outcome) {
        this.api = api;
        this.request = request;
        this.deadlineMs = deadlineMs;
        this.outcome = outcome;
    }

    ApiKeys api() {
        return api;
    }

    ApiMessage request(PeerVersions versions) {
        return request.apply(versions);
    }

    long deadlineMs() {
        return deadlineMs;
    }

    /** The version that it was sent in. */
    short version() {
        return version;
    }

    void sentIn(short sentVersion) {
        version = sentVersion;
    }

    /** @param release gives the memory of the response's records back */
    void answered(ApiMessage response, Runnable release) {
        outcome.answered(response, release);
    }

    void failed(PeerException.Reason reason, String message) {
        outcome.failed(new PeerException(reason, message));
    }

    /** Where the end of a call is told. */
    interface Outcome {
        void answered(ApiMessage response);

        /**
         * The same of a response whose records lie in memory that {@code release} gives back.
         */
        default void answered(ApiMessage response, Runnable release) {
            answered(response);
            release.run();
        }

        void failed(PeerException cause);
    }
}
