package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.classic.ClassicGroups;
import dev.weir.group.consumer.ConsumerGroup;
import dev.weir.group.consumer.ConsumerGroupCore;
import dev.weir.group.consumer.ConsumerGroupHarness;
import dev.weir.group.consumer.ConsumerGroupRules;
import dev.weir.group.consumer.FakeTopics;
import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CoordinatorRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Drives a whole coordinator core, with classic and consumer groups, its log, its timers and its clock. */
final class MigrationHarness {
    static final String GROUP = ConsumerGroupHarness.GROUP;
    private static final short JOIN = 9;
    private static final short SYNC = 5;

    final FakeTopics topics = new FakeTopics();
    final List<CoordinatorRecord> log = new ArrayList<>();
    final Map<TimerKey, Long> timers = new TreeMap<>(Comparator.comparing(TimerKey::toString));
    final Map<Long, ApiMessage> answers = new HashMap<>();
    final ConsumerGroupRules config;
    long nowMs = 1_000_000;
    GroupCoordinatorCore core;
    private long requestId;
    private int nextId;

    MigrationHarness(ConsumerGroupRules.Migration policy) {
        ConsumerGroupRules c = ConsumerGroupRules.of(BrokerConfig.defaults());
        config = new ConsumerGroupRules(
                c.sessionTimeoutMs(),
                c.heartbeatIntervalMs(),
                c.rebalanceHeartbeatIntervalMs(),
                5,
                c.assignors(),
                policy,
                0,
                c.regexRefreshIntervalMs());
        core = newCore();
        perform(core.loaded(nowMs));
    }

    private GroupCoordinatorCore newCore() {
        GroupRules settings = GroupRules.of(BrokerConfig.defaults());
        ClassicGroups classic = new ClassicGroups(settings, this::freshId);
        return new GroupCoordinatorCore(
                settings, classic, ConsumerGroupCore.withMigration(config, settings, classic, topics, this::freshId));
    }

    private String freshId() {
        return "id-" + ++nextId;
    }

    void restart() {
        timers.clear();
        core = newCore();
        log.forEach(core::replay);
        perform(core.loaded(nowMs));
    }

    Group group() {
        return Objects.requireNonNull(core.find(GROUP), "no group");
    }

    ConsumerGroup consumerGroup() {
        return (ConsumerGroup) group();
    }

    /** Sends a request; the answer may come later. */
    long send(ApiMessage request, short version) {
        long id = ++requestId;
        perform(core.handle(new GroupCall(id, request, version, "client", "/127.0.0.1"), nowMs));
        return id;
    }

    @Nullable
    ApiMessage answer(long id) {
        return answers.get(id);
    }

    private ApiMessage ask(ApiMessage request, short version) {
        return Objects.requireNonNull(answers.get(send(request, version)), "no answer yet to " + request);
    }

    ConsumerGroupHeartbeatResponseData beat(ConsumerGroupHeartbeatRequestData request) {
        return (ConsumerGroupHeartbeatResponseData) ask(request, (short) 1);
    }

    JoinGroupResponseData join(
            String memberId, @Nullable String instanceId, List<TopicPartition> owned, String... names) {
        return (JoinGroupResponseData) ask(joinRequest(memberId, instanceId, owned, names), JOIN);
    }

    long sendJoin(String memberId, String... names) {
        return send(joinRequest(memberId, null, List.of(), names), JOIN);
    }

    long sendStaticJoin(String instanceId, String... names) {
        return send(joinRequest("", instanceId, List.of(), names), JOIN);
    }

    private static JoinGroupRequestData joinRequest(
            String memberId, @Nullable String instanceId, List<TopicPartition> owned, String... names) {
        ConsumerPartitionAssignor.Subscription subscription = new ConsumerPartitionAssignor.Subscription(
                List.of(names), ByteBuffer.allocate(0), owned, 1, Optional.empty());
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(20_000);
        request.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(Utils.toArray(ConsumerProtocol.serializeSubscription(subscription))));
        return request;
    }

    SyncGroupResponseData sync(String memberId, int generation) {
        return (SyncGroupResponseData) ask(syncRequest(memberId, generation), SYNC);
    }

    /** The leader's sync, with the assignment of everybody. */
    void syncAsLeader(String memberId, int generation, Map<String, List<TopicPartition>> assignments) {
        SyncGroupRequestData request = syncRequest(memberId, generation);
        assignments.forEach((id, partitions) -> request.assignments()
                .add(new SyncGroupRequestAssignment()
                        .setMemberId(id)
                        .setAssignment(Utils.toArray(ConsumerProtocol.serializeAssignment(
                                new ConsumerPartitionAssignor.Assignment(partitions))))));
        ask(request, SYNC);
    }

    private static SyncGroupRequestData syncRequest(String memberId, int generation) {
        return new SyncGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName("range");
    }

    short heartbeat(String memberId, int generation) {
        return ((HeartbeatResponseData) ask(
                        new HeartbeatRequestData()
                                .setGroupId(GROUP)
                                .setMemberId(memberId)
                                .setGenerationId(generation),
                        (short) 4))
                .errorCode();
    }

    LeaveGroupResponseData leave(MemberIdentity... members) {
        return (LeaveGroupResponseData)
                ask(new LeaveGroupRequestData().setGroupId(GROUP).setMembers(List.of(members)), (short) 5);
    }

    static List<TopicPartition> partitions(SyncGroupResponseData response) {
        return ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(response.assignment()))
                .partitions();
    }

    void perform(GroupOutcome outcome) {
        log.addAll(outcome.records());
        for (GroupEffect effect : outcome.effects()) {
            if (effect instanceof GroupEffect.Reply reply) {
                assertThat(answers.put(reply.requestId(), reply.response()))
                        .as("first answer to %d", reply.requestId())
                        .isNull();
            } else if (effect instanceof GroupEffect.StartTimer start) {
                timers.put(start.key(), nowMs + start.delayMs());
            } else if (effect instanceof GroupEffect.CancelTimer cancel) {
                timers.remove(cancel.key());
            }
        }
    }

    void advance(long ms) {
        long until = nowMs + ms;
        Consumer<TimerKey> fire = key -> {
            timers.remove(key);
            perform(core.onTimer(key, nowMs));
        };
        Optional<TimerKey> due = due(until);
        while (due.isPresent()) {
            nowMs = Math.max(nowMs, timers.getOrDefault(due.get(), nowMs));
            fire.accept(due.get());
            due = due(until);
        }
        nowMs = until;
    }

    private Optional<TimerKey> due(long until) {
        return timers.entrySet().stream()
                .filter(e -> e.getValue() <= until)
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }
}
