package dev.weir.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The broker's memory for requests whose bytes are still used ({@code queued.max.request.bytes}): a Produce until its batches
 * are written, anything else until it is answered. All network verticles draw from it, so it is the one counter they share; every method is short and safe from any thread. As in
 * Kafka memory is given while anything is left, so that a request may overdraw but never starves. A frame takes more as it
 * grows; where nothing is left only one frame at a time grows on, so that frames that are half there neither wait for each
 * other nor overdraw together.
 */
final class RequestMemory {
    private final long capacity;
    private long available;
    private @Nullable Reservation overdrawing;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    /** A pool of this many bytes. */
    RequestMemory(long capacity) {
        this.capacity = capacity;
        this.available = capacity;
    }

    /** The memory of one frame. Whoever has the frame owns it. */
    final class Reservation {
        private long bytes;
        private final boolean exempt;

        private Reservation(long bytes, boolean exempt) {
            this.bytes = bytes;
            this.exempt = exempt;
        }

        /** Takes more and says true, or says false and will call {@code retry} once, when there may be memory. */
        boolean more(long extra, Runnable retry) {
            if (exempt) {
                return true;
            }
            synchronized (RequestMemory.this) {
                if (available <= 0) {
                    if (overdrawing != null && overdrawing != this) {
                        waiting.add(retry);
                        return false;
                    }
                    overdrawing = this;
                }
                available -= extra;
                bytes += extra;
                return true;
            }
        }

        /** Gives everything back, once, and lets everybody who waits try again. */
        void release() {
            List<Runnable> retries = List.of();
            if (exempt) {
                return;
            }
            synchronized (RequestMemory.this) {
                available += bytes;
                bytes = 0;
                boolean other = overdrawing == this;
                if (other) {
                    overdrawing = null;
                }
                if ((available > 0 || other) && !waiting.isEmpty()) {
                    retries = new ArrayList<>(waiting);
                    waiting.clear();
                }
            }
            retries.forEach(Runnable::run);
        }
    }

    /** Takes the bytes, or answers null and will call {@code retry} once, when there may be memory. */
    synchronized @Nullable Reservation reserve(long bytes, Runnable retry) {
        if (available <= 0) {
            waiting.add(retry);
            return null;
        }
        available -= bytes;
        return new Reservation(bytes, false);
    }

    /** The memory of a small frame of a peer, which takes none of this. */
    Reservation exempt() {
        return new Reservation(0, true);
    }

    /** Forgets a waiter whose connection has closed. */
    synchronized void cancel(Runnable retry) {
        waiting.remove(retry);
    }

    /** Bytes of requests held now. */
    synchronized long used() {
        return capacity - available;
    }
}
