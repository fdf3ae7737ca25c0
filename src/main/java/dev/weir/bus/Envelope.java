package dev.weir.bus;

import org.jspecify.annotations.Nullable;

/** What travels over the bus: the payload itself and, for a request, the way back to the sender. */
record Envelope(Object payload, @Nullable Reply reply) {}
