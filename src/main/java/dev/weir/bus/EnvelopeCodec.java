package dev.weir.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Hands envelopes over as they are. Delivery is local only, so nothing is ever encoded. */
final class EnvelopeCodec implements MessageCodec<Envelope, Envelope> {
    static final String NAME = "weir-local";

    @Override
    public void encodeToWire(Buffer buffer, Envelope envelope) {
        throw new UnsupportedOperationException("messages of this bus stay inside the process");
    }

    @Override
    public Envelope decodeFromWire(int pos, Buffer buffer) {
        throw new UnsupportedOperationException("messages of this bus stay inside the process");
    }

    @Override
    public Envelope transform(Envelope envelope) {
        return envelope;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
