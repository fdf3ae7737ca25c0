package dev.weir.network;

import dev.weir.protocol.RequestEnvelope;
import io.netty.buffer.ByteBuf;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** One request of a connection and its place in the order of replies. Owned by the connection. */
final class Slot {
    final RequestEnvelope envelope;
    final short responseVersion;
    private @Nullable ByteBuf frame;
    private final RequestMemory.Reservation reserved;
    private @Nullable ApiMessage response;
    private @Nullable Runnable onAbandoned;
    private @Nullable Runnable whenSent;
    private boolean answered;

    Slot(RequestEnvelope envelope, ByteBuf frame, RequestMemory.Reservation reserved) {
        this.envelope = envelope;
        this.responseVersion = envelope.header() == null ? 0 : envelope.version();
        this.frame = frame;
        this.reserved = reserved;
    }

    ApiKeys api() {
        return envelope.api();
    }

    /** The answer is there; null when the client expects none. */
    void answer(@Nullable ApiMessage message) {
        response = message;
        onAbandoned = null;
        answered = true;
    }

    void onAbandoned(Runnable action) {
        onAbandoned = action;
    }

    /** Remembers what to do when the answer is sent or never will be. */
    void whenSent(Runnable action) {
        whenSent = action;
    }

    /** The answer is sent, or never will be. */
    void sent() {
        Runnable action = whenSent;
        if (action != null) {
            whenSent = null;
            action.run();
        }
    }

    /** The connection has closed before the answer. */
    void abandon() {
        Runnable action = onAbandoned;
        if (action != null) {
            onAbandoned = null;
            action.run();
        }
    }

    boolean isAnswered() {
        return answered;
    }

    @Nullable
    ApiMessage response() {
        return response;
    }

    /** Gives the request's buffer and its memory back, once: when its bytes are no longer used, at the latest with the answer. */
    void releaseFrame() {
        ByteBuf held = frame;
        if (held != null) {
            frame = null;
            held.release();
            reserved.release();
        }
    }
}
