package dev.weir.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecordCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * Drives a consumer group core as a coordinator would: it keeps the log, the timers and the clock. After every event it
 * checks that the request was answered once, and that a follower that replays the written bytes has the same state.
 */
public final class ConsumerGroupHarness {
    public static final String GROUP = "g";
    private static final short VERSION = 1;

    final FakeTopics topics = new FakeTopics();
    final List<CoordinatorRecord> log = new ArrayList<>();
    final Map<TimerKey, Long> timers = new TreeMap<>(Comparator.comparing(TimerKey::toString));
    /** Timers go by this one, which never jumps. */
    private long steadyMs;

    long nowMs = 1_000_000;
    /** Off where a group is so large that comparing all of it after each event would take too long. */
    boolean checksReplay = true;

    ConsumerGroupRules config = withoutInterval(ConsumerGroupRules.of(BrokerConfig.defaults()));
    ConsumerGroupCore core = newCore();
    private ConsumerGroups follower = new ConsumerGroups(topics);
    private long requestId;
    private int nextId;

    static ConsumerGroupRules withoutInterval(ConsumerGroupRules c) {
        return new ConsumerGroupRules(
                c.sessionTimeoutMs(),
                c.heartbeatIntervalMs(),
                c.rebalanceHeartbeatIntervalMs(),
                c.maxSize(),
                c.assignors(),
                c.migration(),
                0,
                c.regexRefreshIntervalMs());
    }

    ConsumerGroupHarness with(ConsumerGroupRules newConfig) {
        config = newConfig;
        core = newCore();
        return this;
    }

    private ConsumerGroupCore newCore() {
        return new ConsumerGroupCore(
                config,
                GroupRules.of(BrokerConfig.defaults()),
                topics,
                new NoClassicGroups(),
                new NoClassicGroups(),
                () -> "id-" + ++nextId);
    }

    /** Sends a request and returns its answer. */
    ApiMessage send(ApiMessage request, short version) {
        long id = ++requestId;
        List<GroupEffect.Reply> replies =
                run((out, now) -> core.handle(new GroupCall(id, request, version, "client", "/127.0.0.1"), now, out));
        assertThat(replies).as("answers to %s", request).hasSize(1);
        assertThat(replies.get(0).requestId()).isEqualTo(id);
        return replies.get(0).response();
    }

    ConsumerGroupHeartbeatResponseData heartbeat(ConsumerGroupHeartbeatRequestData request) {
        return (ConsumerGroupHeartbeatResponseData) send(request, VERSION);
    }

    ConsumerGroupDescribeResponseData.DescribedGroup describe() {
        return ((ConsumerGroupDescribeResponseData)
                        send(new ConsumerGroupDescribeRequestData().setGroupIds(List.of(GROUP)), VERSION))
                .groups()
                .get(0);
    }

    ConsumerGroup group() {
        return Objects.requireNonNull(core.find(GROUP), "no group");
    }

    List<GroupEffect.Reply> run(BiConsumer<GroupOutput, Long> event) {
        GroupOutput out = new GroupOutput(record -> core.replay(record), offset -> offset);
        event.accept(out, nowMs);
        GroupOutcome outcome = out.outcome();
        for (CoordinatorRecord record : outcome.records()) {
            log.add(record);
            if (checksReplay) {
                follower.replay(GroupRecordCodec.decode(record));
            }
        }
        List<GroupEffect.Reply> replies = new ArrayList<>();
        for (GroupEffect effect : outcome.effects()) {
            if (effect instanceof GroupEffect.Reply reply) {
                replies.add(reply);
            } else if (effect instanceof GroupEffect.StartTimer start) {
                timers.put(start.key(), steadyMs + start.delayMs());
            } else if (effect instanceof GroupEffect.CancelTimer cancel) {
                timers.remove(cancel.key());
            }
        }
        if (checksReplay && !outcome.records().isEmpty()) {
            assertThat(ConsumerGroupSnapshot.of(follower.all()))
                    .as("replayed")
                    .isEqualTo(ConsumerGroupSnapshot.of(core.groups()));
        }
        return replies;
    }

    /** Lets time pass, and fires what falls due on the way. */
    void advance(long ms) {
        long until = steadyMs + ms;
        Optional<Map.Entry<TimerKey, Long>> due = nextTimer(until);
        while (due.isPresent()) {
            passUntil(due.get().getValue());
            TimerKey key = due.get().getKey();
            timers.remove(key);
            run((out, now) -> core.onTimer(key, now, out));
            due = nextTimer(until);
        }
        passUntil(until);
    }

    private void passUntil(long at) {
        nowMs += at - steadyMs;
        steadyMs = at;
    }

    private Optional<Map.Entry<TimerKey, Long>> nextTimer(long until) {
        return timers.entrySet().stream()
                .filter(e -> e.getValue() <= until)
                .min(Map.Entry.comparingByValue())
                .map(e -> Map.entry(e.getKey(), e.getValue()));
    }

    @Nullable
    Long timer(String kind, String memberId) {
        Long at = timers.get(new TimerKey(GROUP, kind, memberId));
        return at == null ? null : at - steadyMs;
    }

    /** The coordinator restarts: only the log is left. */
    void restart(Collection<CoordinatorRecord> from) {
        timers.clear();
        core = newCore();
        ConsumerGroups replayed = new ConsumerGroups(topics);
        for (CoordinatorRecord record : from) {
            core.replay(GroupRecordCodec.decode(record));
            replayed.replay(GroupRecordCodec.decode(record));
        }
        follower = replayed;
        run((out, now) -> core.onLoaded(now, out));
    }

    /** What is left of the log once it is compacted and its tombstones are gone. */
    Collection<CoordinatorRecord> compacted() {
        Map<ByteBuffer, CoordinatorRecord> latest = new LinkedHashMap<>();
        for (CoordinatorRecord record : log) {
            latest.remove(ByteBuffer.wrap(record.key()));
            latest.put(ByteBuffer.wrap(record.key()), record);
        }
        return latest.values().stream().filter(r -> r.value() != null).collect(Collectors.toList());
    }

    /** A cluster without classic groups. */
    private static final class NoClassicGroups implements Upgrade, Downgrade {
        @Override
        public @Nullable Failure mayUpgrade(String groupId, ConsumerGroupRules config) {
            return null;
        }

        @Override
        public void upgrade(String groupId, long nowMs, GroupOutput out) {}

        @Override
        public boolean mayDowngrade(ConsumerGroup group, Collection<Member> leaving, ConsumerGroupRules config) {
            return false;
        }

        @Override
        public void downgrade(
                ConsumerGroup group, Collection<Member> leaving, boolean rebalance, long nowMs, GroupOutput out) {
            throw new AssertionError("never asked to");
        }
    }
}
