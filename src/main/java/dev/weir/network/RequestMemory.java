package dev.weir.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The broker's memory for requests that are read but not answered ({@code queued.max.request.bytes}). All network
 * verticles draw from it, so it is the one counter they share; every method is short and safe from any thread. As in
 * Kafka a reservation succeeds while anything is left, so that one large request can overdraw but never starve: at most
 * one frame of the largest size is held above the bound, and {@value #FIRST_BYTES} bytes of it.
 */
final class RequestMemory {
    /** What a frame may take before most of it has come. */
    static final int FIRST_BYTES = 64 << 10;

    private final long capacity;
    private long available;
    /** Frames that have all of their memory, above {@link #FIRST_BYTES}: each of them ends without more. */
    private int grown;

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    /** A pool of this many bytes. */
    RequestMemory(long capacity) {
        this.capacity = capacity;
        this.available = capacity;
    }

    /** Takes the bytes and says true, or says false and will call {@code retry} once, when there is memory again. */
    synchronized boolean reserve(long bytes, Runnable retry) {
        if (available <= 0) {
            waiting.add(retry);
            return false;
        }
        available -= bytes;
        return true;
    }

    /**
     * Takes the rest of a frame that began with {@link #FIRST_BYTES}, as {@link #reserve} does, and also where nothing is left
     * but no other frame can grow: frames that all wait for their rest must not wait for each other.
     */
    synchronized boolean reserveRest(long bytes, Runnable retry) {
        if (available <= 0 && grown > 0) {
            waiting.add(retry);
            return false;
        }
        available -= bytes;
        grown++;
        return true;
    }

    /** Gives all bytes of a frame back and lets everybody who waits try again. */
    void release(long bytes) {
        List<Runnable> retries = List.of();
        synchronized (this) {
            available += bytes;
            boolean last = bytes > FIRST_BYTES && --grown == 0;
            if ((available > 0 || last) && !waiting.isEmpty()) {
                retries = new ArrayList<>(waiting);
                waiting.clear();
            }
        }
        retries.forEach(Runnable::run);
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
