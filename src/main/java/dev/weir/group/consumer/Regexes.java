package dev.weir.group.consumer;

import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord.ConsumerGroupRegex;
import java.util.List;
import java.util.Map;

/**
 * Keeps the topics that groups' regular expressions stand for up to date: resolved when a member brings a new expression,
 * when topics came or went, and from time to time. All expressions of a group are resolved together, so that a new topic
 * costs one rebalance.
 */
final class Regexes {
    /** At most so often for new topics, milliseconds; a cluster that creates topics all the time does nothing else otherwise. */
    private static final long MIN_INTERVAL_MS = 1_000;

    private final TopicView topics;

    Regexes(TopicView topics) {
        this.topics = topics;
    }

    /**
     * Resolves what has to be resolved, as far as one step goes.
     *
     * @return whether the topics of an expression have changed
     */
    boolean refresh(ConsumerGroup group, SoftState soft, ConsumerGroupRules config, long nowMs, GroupOutput out) {
        if (soft.resolution != null || !isDue(group.subscriptions(), soft, config, nowMs)) {
            return false;
        }
        soft.expressionsStale = false;
        soft.resolvedAtMs = nowMs;
        soft.resolution = new RegexResolution(group.subscriptions().regexes(), topics);
        return proceed(group, soft, nowMs, out);
    }

    /** Goes on with a resolution under way; returns whether it is done and the topics of an expression have changed. */
    boolean proceed(ConsumerGroup group, SoftState soft, long nowMs, GroupOutput out) {
        RegexResolution resolution = soft.resolution;
        if (resolution == null) {
            return false;
        }
        if (!resolution.step()) {
            out.startTimer(Timers.regex(group.id()), 1);
            return false;
        }
        soft.resolution = null;
        return adopt(group, resolution, nowMs, out);
    }

    private static boolean adopt(ConsumerGroup group, RegexResolution resolution, long nowMs, GroupOutput out) {
        boolean changed = false;
        for (Map.Entry<String, List<String>> entry : resolution.found().entrySet()) {
            String regex = entry.getKey();
            ConsumerGroupRegex.Resolved before =
                    group.subscriptions().resolved().get(regex);
            boolean same = before != null && before.topics().equals(entry.getValue());
            if (!same && group.subscriptions().subscribersOf(regex) > 0) {
                changed |= before != null || !entry.getValue().isEmpty();
                out.write(new ConsumerGroupRegex(
                        group.id(),
                        regex,
                        new ConsumerGroupRegex.Resolved(entry.getValue(), resolution.version(), nowMs)));
            }
        }
        return changed;
    }

    private static boolean isDue(Subscriptions subscriptions, SoftState soft, ConsumerGroupRules config, long nowMs) {
        if (subscriptions.regexes().isEmpty()) {
            return false;
        }
        if (!subscriptions.resolved().keySet().containsAll(subscriptions.regexes())) {
            return true;
        }
        long interval = soft.expressionsStale ? MIN_INTERVAL_MS : config.regexRefreshIntervalMs();
        return SoftState.isOver(soft.resolvedAtMs, nowMs, interval);
    }

    /** Removes expressions that nobody subscribes to any more. */
    static void drop(ConsumerGroup group, Iterable<String> regexes, GroupOutput out) {
        for (String regex : regexes) {
            if (!regex.isEmpty()
                    && group.subscriptions().subscribersOf(regex) == 0
                    && group.subscriptions().resolved().containsKey(regex)) {
                out.write(new ConsumerGroupRegex(group.id(), regex, null));
            }
        }
    }
}
