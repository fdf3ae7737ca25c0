package dev.weir.group.consumer;

import dev.weir.config.GroupConfig;
import dev.weir.group.classic.ClassicGroups;
import dev.weir.group.consumer.Progress.State;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.jspecify.annotations.Nullable;

/**
 * The consumer groups (KIP-848) of one coordinator. A pure core: one event in, records and effects out. What is durable is
 * in {@link ConsumerGroups} and changes by replayed records alone; beside it there is only what a restart may forget.
 *
 * <p>One heartbeat does all: it writes what the member says of itself, raises the group epoch where that or the topics have
 * changed, runs the assignor where it is due, and takes the member one step towards its target.
 */
public final class ConsumerGroupCore implements ConsumerGroupPort {
    private final ConsumerContext context;
    private final Heartbeats heartbeats;
    private final Departures departures;
    private final Describer describer;
    private final EmbeddedJoin classicJoin;
    private final EmbeddedSession classicSession;

    /**
     * @param settings those of classic groups, which hold for classic members of consumer groups too
     * @param upgrade how a classic group becomes a consumer group
     * @param downgrade how a consumer group becomes a classic group
     * @param ids gives a new, unguessable member id at each call
     */
    ConsumerGroupCore(
            ConsumerGroupRules config,
            GroupRules settings,
            TopicView topics,
            Upgrade upgrade,
            Downgrade downgrade,
            Supplier<String> ids) {
        this.context = new ConsumerContext(config, topics);
        this.heartbeats = new Heartbeats(context, upgrade, ids);
        this.departures = new Departures(context, downgrade);
        this.describer = new Describer(context, topics);
        this.classicJoin = new EmbeddedJoin(context, downgrade, settings, topics, ids);
        this.classicSession = new EmbeddedSession(context, departures, topics);
    }

    /**
     * A coordinator of classic and consumer groups that change between the protocols as the configuration allows.
     *
     * @param ids gives a new, unguessable member id, or suffix of one, at each call
     */
    public static ConsumerGroupCore withMigration(
            ConsumerGroupRules config,
            GroupRules settings,
            ClassicGroups classic,
            TopicView topics,
            Supplier<String> ids) {
        GroupMigration migration = new GroupMigration(settings, classic, topics);
        return new ConsumerGroupCore(config, settings, topics, migration, migration, ids);
    }

    @Override
    public @Nullable ConsumerGroup find(String groupId) {
        return context.groups().get(groupId);
    }

    @Override
    public Collection<ConsumerGroup> groups() {
        return context.groups().all();
    }

    @Override
    public void handle(GroupCall call, long nowMs, GroupOutput out) {
        if (call.request() instanceof ConsumerGroupHeartbeatRequestData request) {
            heartbeat(call, request, nowMs, out);
        } else if (call.request() instanceof ConsumerGroupDescribeRequestData request) {
            out.reply(call.requestId(), describer.describe(request, call.apiVersion()));
        } else {
            handleClassic(call, nowMs, out);
        }
    }

    private void handleClassic(GroupCall call, long nowMs, GroupOutput out) {
        if (call.request() instanceof JoinGroupRequestData request) {
            classicJoin.handle(existing(request.groupId()), call, request, nowMs, out);
        } else if (call.request() instanceof SyncGroupRequestData request) {
            classicSession.sync(existing(request.groupId()), call, request, out);
        } else if (call.request() instanceof HeartbeatRequestData request) {
            classicSession.heartbeat(existing(request.groupId()), call, request, out);
        } else if (call.request() instanceof LeaveGroupRequestData request) {
            classicSession.leave(existing(request.groupId()), call, request, nowMs, out);
        } else {
            throw new IllegalArgumentException("not a request to a consumer group: " + call.request());
        }
    }

    private ConsumerGroup existing(String groupId) {
        return Objects.requireNonNull(find(groupId), "classic requests come here only for consumer groups that exist");
    }

    private void heartbeat(GroupCall call, ConsumerGroupHeartbeatRequestData request, long nowMs, GroupOutput out) {
        Failure failure = Checks.form(request, call.apiVersion(), context.configOf(request.groupId()));
        if (failure == null) {
            failure = request.memberEpoch() < Progress.JOINING
                    ? departures.leave(call, request, nowMs, out)
                    : heartbeats.handle(call, request, nowMs, out);
        }
        if (failure != null) {
            out.reply(
                    call.requestId(),
                    new ConsumerGroupHeartbeatResponseData()
                            .setErrorCode(failure.error().code())
                            .setErrorMessage(failure.message()));
        }
    }

    @Override
    public void onTimer(TimerKey key, long nowMs, GroupOutput out) {
        departures.onTimer(key, nowMs, out);
    }

    @Override
    public void replay(GroupRecord record) {
        context.replay(record);
    }

    /** Every member gets a full session, and a full rebalance timeout where it has partitions to give up. */
    @Override
    public void onLoaded(long nowMs, GroupOutput out) {
        for (ConsumerGroup group : context.groups().all()) {
            for (Member member : group.members()) {
                out.startTimer(
                        Timers.session(group.id(), member.id()),
                        Timers.sessionTimeoutMs(member, context.configOf(group.id())));
                if (member.progress().state() == State.UNREVOKED_PARTITIONS) {
                    Timers.onProgress(group, member, out);
                }
            }
        }
    }

    /** No consumer group keeps anybody waiting: every request is answered in the event that brings it. */
    @Override
    public void onUnloaded(GroupOutput out) {}

    /** Groups look at it with the next heartbeat of a member. */
    @Override
    public void onTopicsChanged(Set<String> names) {
        for (ConsumerGroup group : context.groups().all()) {
            SoftState soft = context.softStateOf(group.id());
            soft.expressionsStale |= !group.subscriptions().regexes().isEmpty();
            soft.topicsChanged |= names.stream().anyMatch(group.subscriptions()::contains);
        }
    }

    @Override
    public void onConfig(ConsumerGroupRules broker, Map<String, GroupConfig> own) {
        context.configure(broker, own);
    }
}
