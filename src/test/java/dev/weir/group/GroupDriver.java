package dev.weir.group;

import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CoordinatorRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * Drives a core as its verticle would, with a log, timers and a clock of its own: every append succeeds at once. Fails when a
 * request is answered twice, or one is answered that was never asked.
 */
final class GroupDriver {
    final List<CoordinatorRecord> log = new ArrayList<>();
    final Map<Long, ApiMessage> replies = new HashMap<>();
    final Set<Long> outstanding = new HashSet<>();
    final Map<TimerKey, Long> timers = new LinkedHashMap<>();
    private final GroupRules settings;
    private final Supplier<String> ids;
    private long nextRequest = 1;

    /** Runs on steadily, for timers. */
    long steadyMs;

    /** What the core is told; may jump. */
    long wallMs = 1_000_000;

    GroupCoordinatorCore core;
    GroupOutcome last = GroupOutcome.NOTHING;

    GroupDriver(GroupRules settings) {
        this(settings, counter());
    }

    GroupDriver(GroupRules settings, Supplier<String> ids) {
        this.settings = settings;
        this.ids = ids;
        this.core = load();
    }

    private static Supplier<String> counter() {
        int[] next = {1};
        return () -> Integer.toString(next[0]++);
    }

    static GroupCoordinatorCore replayed(GroupRules settings, List<CoordinatorRecord> log) {
        GroupCoordinatorCore core = new GroupCoordinatorCore(settings, () -> "unused", new NoConsumerGroups());
        log.forEach(core::replay);
        return core;
    }

    private GroupCoordinatorCore load() {
        core = new GroupCoordinatorCore(settings, ids, new NoConsumerGroups());
        log.forEach(core::replay);
        perform(core.loaded(wallMs));
        return core;
    }

    /** All that is not in the log is lost, and nobody who waits gets an answer. */
    void crash() {
        outstanding.clear();
        timers.clear();
        load();
    }

    long send(ApiMessage request, int apiVersion) {
        return send(request, apiVersion, "client");
    }

    long send(ApiMessage request, int apiVersion, String clientId) {
        long id = nextRequest++;
        outstanding.add(id);
        perform(core.handle(new GroupCall(id, request, (short) apiVersion, clientId, "/127.0.0.1"), wallMs));
        return id;
    }

    /** The answer to a request that must have been answered by now. */
    <T extends ApiMessage> T reply(long requestId, Class<T> type) {
        ApiMessage reply = replies.get(requestId);
        if (reply == null) {
            throw new AssertionError("request " + requestId + " is not answered");
        }
        return type.cast(reply);
    }

    <T extends ApiMessage> T ask(ApiMessage request, int apiVersion, Class<T> type) {
        return reply(send(request, apiVersion), type);
    }

    /** Lets time pass and timers fire, in the order in which they are due. */
    void advance(long ms) {
        long until = steadyMs + ms;
        for (@Nullable TimerKey due = due(until); due != null; due = due(until)) {
            long at = Math.max(steadyMs, removeTimer(due));
            wallMs += at - steadyMs;
            steadyMs = at;
            perform(core.onTimer(due, wallMs));
        }
        wallMs += until - steadyMs;
        steadyMs = until;
    }

    private long removeTimer(TimerKey key) {
        Long at = timers.remove(key);
        return at == null ? steadyMs : at;
    }

    private @Nullable TimerKey due(long until) {
        return timers.entrySet().stream()
                .filter(e -> e.getValue() <= until)
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    void perform(GroupOutcome outcome) {
        last = outcome;
        log.addAll(outcome.records());
        for (GroupEffect effect : outcome.effects()) {
            if (effect instanceof GroupEffect.Reply reply) {
                if (!outstanding.remove(reply.requestId())) {
                    throw new AssertionError("answered twice or never asked: " + reply);
                }
                replies.put(reply.requestId(), reply.response());
            } else if (effect instanceof GroupEffect.StartTimer timer) {
                timers.put(timer.key(), steadyMs + timer.delayMs());
            } else if (effect instanceof GroupEffect.CancelTimer timer) {
                timers.remove(timer.key());
            }
        }
    }
}
