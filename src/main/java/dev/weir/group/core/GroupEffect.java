package dev.weir.group.core;

import org.apache.kafka.common.protocol.ApiMessage;

/** What a group core asks its driver to do. The set is closed; the core itself touches no clock, thread or network. */
public sealed interface GroupEffect {

    /**
     * Answer a request. The driver sends it once every record that the core has returned so far, in this outcome and in
     * all earlier ones, is committed; a read therefore never shows what could still be lost.
     *
     * @param requestId the id that came in with the request; each is answered exactly once
     * @param response the Kafka response data, its error codes set
     */
    record Reply(long requestId, ApiMessage response) implements GroupEffect {}

    /**
     * Call {@code onTimer(key, now)} after a delay. A timer of an equal key is replaced.
     *
     * @param key names the timer
     * @param delayMs from now, in milliseconds, at least 0
     */
    record StartTimer(TimerKey key, long delayMs) implements GroupEffect {}

    /** Forget the timer of this key; no effect where there is none. */
    record CancelTimer(TimerKey key) implements GroupEffect {}

    /**
     * Names a timer of one group.
     *
     * @param groupId the group
     * @param kind what it is for, for example {@code session} or {@code rebalance}
     * @param memberId the member, or empty where it concerns the whole group
     */
    record TimerKey(String groupId, String kind, String memberId) {}
}
