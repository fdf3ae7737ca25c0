package dev.weir.group;

import dev.weir.config.GroupConfig;
import dev.weir.group.api.GroupApis;
import dev.weir.group.classic.ClassicGroups;
import dev.weir.group.consumer.ConsumerGroupPort;
import dev.weir.group.consumer.ConsumerGroupRules;
import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupDirectory;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.offset.OffsetCommits;
import dev.weir.group.offset.OffsetDeletes;
import dev.weir.group.offset.OffsetExpiry;
import dev.weir.group.offset.OffsetFetches;
import dev.weir.group.offset.OffsetStore;
import dev.weir.group.offset.TransactionalOffsets;
import dev.weir.group.offset.TxnOffsetCommits;
import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Groups and offsets of one {@code __consumer_offsets} partition. Owned by one verticle, which feeds it events and performs
 * what it returns.
 *
 * <p>Its life: a new core is given every record of the partition in order ({@link #replay}, {@link #endTransaction}), then
 * {@link #loaded}; then requests and timers; in the end {@link #unload}, after which it answers everything with
 * NOT_COORDINATOR. The driver asks for the topics' ids to be resolved to names before requests come here.
 */
public final class GroupCoordinatorCore implements GroupDirectory {
    private static final TimerKey EXPIRY = new TimerKey("", "offsets-expiry", "");
    private static final String CONSUMER_TIMERS = "consumer-";

    private final GroupRules settings;
    private final OffsetStore offsets = new OffsetStore();
    private final TransactionalOffsets pending = new TransactionalOffsets();
    private final ClassicGroups classic;
    private final ConsumerGroupPort consumers;
    private final OffsetExpiry expiry;
    private final OffsetDeletes deletes;
    private final Map<ApiKeys, Handler> handlers = new EnumMap<>(ApiKeys.class);
    private boolean active;

    private interface Handler {
        void handle(GroupCall call, long nowMs, GroupOutput out);
    }

    private interface Typed<T extends ApiMessage> {
        void handle(GroupCall call, T request, long nowMs, GroupOutput out);
    }

    /** @param ids gives a new, unguessable suffix of a member id at each call */
    GroupCoordinatorCore(GroupRules settings, Supplier<String> ids, ConsumerGroupPort consumers) {
        this(settings, new ClassicGroups(settings, ids), consumers);
    }

    /** @param classic shared with the consumer groups where groups change between the protocols */
    GroupCoordinatorCore(GroupRules settings, ClassicGroups classic, ConsumerGroupPort consumers) {
        this.settings = settings;
        this.classic = classic;
        this.consumers = consumers;
        this.expiry = new OffsetExpiry(settings, this, offsets, pending);
        this.deletes = new OffsetDeletes(this, offsets);
        OffsetCommits commits = new OffsetCommits(settings, this);
        OffsetFetches fetches = new OffsetFetches(this, offsets, pending);
        TxnOffsetCommits txnCommits = new TxnOffsetCommits(settings, this, pending);
        GroupAdmin admin = new GroupAdmin(this, offsets);

        on(ApiKeys.JOIN_GROUP, JoinGroupRequestData.class, this::join);
        on(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class, (call, request, nowMs, out) -> {
            if (isConsumerGroup(request.groupId())) {
                consumers.handle(call, nowMs, out);
            } else {
                classic.sync(call, request, out);
            }
        });
        on(ApiKeys.HEARTBEAT, HeartbeatRequestData.class, (call, request, nowMs, out) -> {
            if (isConsumerGroup(request.groupId())) {
                consumers.handle(call, nowMs, out);
            } else {
                classic.heartbeat(call, request, out);
            }
        });
        on(ApiKeys.LEAVE_GROUP, LeaveGroupRequestData.class, (call, request, nowMs, out) -> {
            if (isConsumerGroup(request.groupId())) {
                consumers.handle(call, nowMs, out);
            } else {
                classic.leave(call, request, nowMs, out);
            }
        });
        on(ApiKeys.OFFSET_COMMIT, OffsetCommitRequestData.class, (call, request, nowMs, out) -> {
            if (commits.commit(call, request, nowMs, out)) {
                classic.onCommit(request.groupId(), request.memberId(), out);
            }
        });
        on(ApiKeys.TXN_OFFSET_COMMIT, TxnOffsetCommitRequestData.class, txnCommits::commit);
        on(ApiKeys.OFFSET_FETCH, OffsetFetchRequestData.class, (call, r, nowMs, out) -> fetches.fetch(call, r, out));
        on(ApiKeys.OFFSET_DELETE, OffsetDeleteRequestData.class, (call, r, nowMs, out) -> deletes.delete(call, r, out));
        on(ApiKeys.LIST_GROUPS, ListGroupsRequestData.class, (call, r, nowMs, out) -> admin.list(call, r, out));
        on(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequestData.class, (c, r, nowMs, out) -> admin.describe(c, r, out));
        on(ApiKeys.DELETE_GROUPS, DeleteGroupsRequestData.class, (call, r, nowMs, out) -> admin.delete(call, r, out));
        handlers.put(ApiKeys.CONSUMER_GROUP_HEARTBEAT, consumers::handle);
        handlers.put(ApiKeys.CONSUMER_GROUP_DESCRIBE, consumers::handle);
    }

    private <T extends ApiMessage> void on(ApiKeys api, Class<T> type, Typed<T> handler) {
        handlers.put(api, (call, nowMs, out) -> handler.handle(call, type.cast(call.request()), nowMs, out));
    }

    /** @throws IllegalArgumentException if it is no group request */
    public GroupOutcome handle(GroupCall call, long nowMs) {
        GroupOutput out = output();
        Handler handler = handlers.get(ApiKeys.forId(call.request().apiKey()));
        if (handler == null) {
            throw new IllegalArgumentException("not a group request: " + call.request());
        }
        if (active) {
            handler.handle(call, nowMs, out);
        } else {
            out.reply(call.requestId(), GroupApis.refuse(call, Errors.NOT_COORDINATOR));
        }
        return out.outcome();
    }

    public GroupOutcome onTimer(TimerKey key, long nowMs) {
        GroupOutput out = output();
        if (active && key.equals(EXPIRY)) {
            expiry.expire(nowMs, out);
            out.startTimer(EXPIRY, settings.offsetsRetentionCheckIntervalMs());
        } else if (active && key.kind().startsWith(CONSUMER_TIMERS)) {
            consumers.onTimer(key, nowMs, out);
        } else if (active) {
            classic.onTimer(key, nowMs, out);
        }
        return out.outcome();
    }

    /** The offsets of these topics are of no more use to anybody. */
    public GroupOutcome onTopicsDeleted(Collection<String> topics, long nowMs) {
        GroupOutput out = output();
        if (active) {
            deletes.deleteTopics(Set.copyOf(topics), out);
        }
        return out.outcome();
    }

    /** Topics came, went, grew or moved between racks; subscriptions may mean something else now. */
    public void onTopicsChanged(Set<String> names) {
        consumers.onTopicsChanged(names);
    }

    /** The settings of consumer groups, at load and when they change: the broker's, and what single groups obey. */
    void onConfig(ConsumerGroupRules broker, Map<String, GroupConfig> own) {
        consumers.onConfig(broker, own);
    }

    /** A record that is not part of a transaction, at load. */
    public void replay(CoordinatorRecord record) {
        replay(GroupRecordCodec.decode(record));
    }

    /** A record of a transactional producer's batch, at load. */
    public void replay(long producerId, CoordinatorRecord record) {
        if (GroupRecordCodec.decode(record) instanceof GroupRecord.OffsetCommit offset) {
            pending.replay(producerId, offset);
        }
    }

    /** A transaction's marker in this partition, at load and live. */
    public void endTransaction(long producerId, boolean committed) {
        pending.end(producerId, committed, this::replay);
    }

    /** An outcome's records were refused by the log: the offsets are again what they were before. */
    void undo(List<GroupRecord.OffsetCommit> before) {
        for (int i = before.size() - 1; i >= 0; i--) {
            GroupRecord.OffsetCommit offset = before.get(i);
            replay(offset);
            if (!offsets.has(offset.groupId())) {
                classic.giveWay(offset.groupId());
            }
        }
    }

    private void replay(GroupRecord record) {
        if (record instanceof GroupRecord.OffsetCommit offset) {
            offsets.replay(offset);
            if (offset.value() != null && find(offset.groupId()) == null) {
                classic.ensure(offset.groupId());
            }
        } else if (record instanceof GroupRecord.ClassicGroupMetadata metadata) {
            classic.replay(metadata);
        } else {
            consumers.replay(record);
            if (consumers.find(record.groupId()) != null) {
                classic.giveWay(record.groupId());
            }
        }
    }

    /** All records are in: the groups come to life. */
    public GroupOutcome loaded(long nowMs) {
        active = true;
        GroupOutput out = output();
        classic.onLoaded(nowMs, out);
        consumers.onLoaded(nowMs, out);
        out.startTimer(EXPIRY, settings.offsetsRetentionCheckIntervalMs());
        return out.outcome();
    }

    /** The partition goes elsewhere; the driver forgets all its timers of this core. */
    public GroupOutcome unload() {
        GroupOutput out = output();
        classic.onUnloaded(out);
        consumers.onUnloaded(out);
        active = false;
        return out.outcome();
    }

    @Override
    public @Nullable Group find(String groupId) {
        Group consumer = consumers.find(groupId);
        return consumer != null ? consumer : classic.find(groupId);
    }

    @Override
    public Collection<Group> groups() {
        List<Group> all = new ArrayList<>(classic.all());
        all.addAll(consumers.groups());
        return all;
    }

    OffsetStore offsets() {
        return offsets;
    }

    /** An empty consumer group makes way for classic members; one that has members takes them in, or not, itself. */
    private void join(GroupCall call, JoinGroupRequestData request, long nowMs, GroupOutput out) {
        Group consumer = consumers.find(request.groupId());
        if (consumer != null && !consumer.isEmpty()) {
            consumers.handle(call, nowMs, out);
            return;
        }
        if (consumer != null && request.memberId().isEmpty()) {
            consumer.tombstones().forEach(out::write);
        }
        classic.join(call, request, nowMs, out);
    }

    private boolean isConsumerGroup(String groupId) {
        return consumers.find(groupId) != null;
    }

    private GroupOutput output() {
        return new GroupOutput(this::replay, this::before);
    }

    private GroupRecord.OffsetCommit before(GroupRecord.OffsetCommit now) {
        return new GroupRecord.OffsetCommit(
                now.groupId(), now.topic(), now.partition(), offsets.get(now.groupId(), now.topic(), now.partition()));
    }
}
