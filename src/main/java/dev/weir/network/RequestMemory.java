package dev.weir.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The broker's memory for requests that are read but not answered ({@code queued.max.request.bytes}). All network
 * verticles draw from it, so it is the one counter they share; every method is short and safe from any thread. As in
 * Kafka a reservation succeeds while anything is left, so that one large request can overdraw but never starve.
 */
final class RequestMemory {
    private final long capacity;
    private long available;
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

    /** Takes the bytes whether there are enough or not: for a frame that was let in and grows to its announced size. */
    synchronized void overdraw(long bytes) {
        available -= bytes;
    }

    /** Gives bytes back and lets everybody who waits try again. */
    void release(long bytes) {
        List<Runnable> retries = List.of();
        synchronized (this) {
            available += bytes;
            if (available > 0 && !waiting.isEmpty()) {
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
