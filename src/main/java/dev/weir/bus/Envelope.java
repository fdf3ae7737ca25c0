package dev.weir.bus;

import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** What travels over the bus: the payload itself and, for a request, the promise on the sender's context. */
record Envelope(Object payload, @Nullable Promise<Object> reply) {}
