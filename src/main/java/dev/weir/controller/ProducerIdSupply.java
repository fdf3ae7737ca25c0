package dev.weir.controller;

import java.util.OptionalLong;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * The producer ids that one broker may give out: a block that is in use and, as soon as most of that is used up, the next one.
 * Blocks only rise, so that no id comes twice. Pure; owned by {@link ProducerIdVerticle}. Times are of a monotonic clock, in
 * milliseconds.
 *
 * <p>Invariants: {@code next <= end}; a next block begins at or above {@code end}.
 */
final class ProducerIdSupply {
    /** The part of a block after which the next one is asked for, in percent. */
    private static final int PREFETCH_PERCENT = 90;

    private static final long RETRY_MS = 50;

    private long next;
    private long end;
    private long prefetchAt;
    private long reserveStart;
    private long reserveEnd;
    private boolean underWay;
    private long retryAtMs = Long.MIN_VALUE;

    /** An id that nobody has; empty if there is none at the moment. */
    OptionalLong take() {
        if (next == end && reserveEnd > reserveStart) {
            next = reserveStart;
            end = reserveEnd;
            prefetchAt = next + (end - next) * PREFETCH_PERCENT / 100;
            reserveStart = reserveEnd;
        }
        return next < end ? OptionalLong.of(next++) : OptionalLong.empty();
    }

    /** Whether the next block is to be asked for now; if so, its answer or failure is to be told. */
    boolean asks(long nowMs) {
        boolean asks = !underWay && reserveStart == reserveEnd && next >= prefetchAt && nowMs >= retryAtMs;
        underWay |= asks;
        return asks;
    }

    /** Whether the controller has been asked and has not answered yet. */
    boolean isUnderWay() {
        return underWay;
    }

    /** The controller has answered. Returns whether it has given a block. */
    boolean answered(AllocateProducerIdsResponseData response, long nowMs) {
        long start = response.producerIdStart();
        boolean block = response.errorCode() == Errors.NONE.code()
                && start >= Math.max(end, reserveEnd)
                && response.producerIdLen() > 0
                && start <= Long.MAX_VALUE - response.producerIdLen();
        if (!block) {
            failed(nowMs);
            return false;
        }
        underWay = false;
        reserveStart = start;
        reserveEnd = start + response.producerIdLen();
        return true;
    }

    /** The controller has not answered, or no block. */
    void failed(long nowMs) {
        underWay = false;
        retryAtMs = nowMs + RETRY_MS;
    }
}
