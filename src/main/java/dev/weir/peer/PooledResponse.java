package dev.weir.peer;

import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A response whose records lie in a pooled buffer. Its owner releases it once, on any thread, when nothing of the records is used any
 * more; what else the response says may be kept.
 */
public final class PooledResponse {
    private final ApiMessage message;
    private final Runnable release;

    PooledResponse(ApiMessage message, Runnable release) {
        this.message = message;
        this.release = release;
    }

    /** What the peer has answered. */
    public ApiMessage message() {
        return message;
    }

    /** Gives the buffer back. */
    public void release() {
        release.run();
    }
}
