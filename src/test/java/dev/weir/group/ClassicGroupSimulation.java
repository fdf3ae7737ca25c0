package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.SimulatedMember.Phase;
import dev.weir.group.classic.ClassicGroup;
import dev.weir.group.classic.ClassicMembers;
import dev.weir.group.classic.ClassicRebalance;
import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One coordinator, its log and its members under a seeded scheduler. An append takes a while: until it is committed, answers
 * are held back, and a crash loses it. Everything promised is checked after every event.
 */
final class ClassicGroupSimulation {
    private static final GroupRules SETTINGS =
            new GroupRules(3_000, 5, 6_000, 60_000, 30_000, 4_096, 3_600_000, 600_000);

    private final Random random;
    private final List<CoordinatorRecord> log = new ArrayList<>();
    private final Deque<GroupOutcome> appending = new ArrayDeque<>();
    private final Map<TimerKey, Long> timers = new LinkedHashMap<>();
    private final Set<Long> unanswered = new HashSet<>();
    private final List<SimulatedMember> members = new ArrayList<>();
    private final Map<String, String> owners = new HashMap<>();
    private final Map<Integer, Long> acknowledged = new HashMap<>();
    private GroupCoordinatorCore core;
    private long steadyMs;
    private long wallMs = 1_700_000_000_000L;
    private long nextRequest = 1;
    private long nextOffset = 1;
    private int names;
    private int generationOfThisLife;
    private @Nullable SimulatedMember acting;
    int stableGenerations;

    ClassicGroupSimulation(long seed) {
        random = new Random(seed);
        core = load();
    }

    void run(int events) {
        for (int i = 0; i < events; i++) {
            chaos();
            check();
        }
        settle();
    }

    private void chaos() {
        int dice = random.nextInt(1_000);
        if (dice < 12) {
            addMember(random.nextInt(3) == 0 ? "static-" + random.nextInt(3) : null);
        } else if (dice < 18) {
            pick().ifPresent(SimulatedMember::die);
        } else if (dice < 24) {
            pick().filter(m -> m.outstanding == -1 && !m.memberId.isEmpty()).ifPresent(m -> m.leave(this::send));
        } else if (dice < 34) {
            pick().ifPresent(SimulatedMember::giveUp);
        } else if (dice < 37) {
            crash();
        } else if (dice < 40) {
            wallMs += random.nextInt(7_200_000) - 3_600_000;
        } else if (dice < 300) {
            commitAppends(1 + random.nextInt(3));
        } else if (dice < 400) {
            advance(random.nextInt(1_500));
        } else {
            pick().ifPresent(this::act);
        }
    }

    private void act(SimulatedMember member) {
        if (member.outstanding == -1) {
            acting = member;
            member.act(this::send, nextOffset++);
            acting = null;
        }
    }

    private java.util.Optional<SimulatedMember> pick() {
        List<SimulatedMember> alive =
                members.stream().filter(m -> m.phase != Phase.GONE).toList();
        return alive.isEmpty()
                ? java.util.Optional.empty()
                : java.util.Optional.of(alive.get(random.nextInt(alive.size())));
    }

    private void addMember(@Nullable String instanceId) {
        int version = instanceId == null ? random.nextInt(10) : 5 + random.nextInt(5);
        members.add(new SimulatedMember("m" + names++, instanceId, version, random));
    }

    /** No more trouble: whoever is left must come to own everything, each partition once. */
    private void settle() {
        for (int i = 0; i < 400; i++) {
            if (i < 300 && members.stream().allMatch(m -> m.phase == Phase.GONE)) {
                addMember(null);
            }
            members.stream().filter(m -> m.phase != Phase.GONE).forEach(this::act);
            commitAppends(100);
            advance(500);
            check();
        }
        List<Integer> owned = members.stream()
                .filter(m -> m.phase == Phase.WORKING)
                .flatMap(m -> m.owned.stream())
                .sorted()
                .toList();
        assertThat(owned).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(group().stateName()).isEqualTo("Stable");
        members.forEach(SimulatedMember::die);
        for (int i = 0; i < 200; i++) {
            commitAppends(100);
            advance(500);
            check();
        }
        assertThat(unanswered).isEmpty();
        assertThat(group().stateName()).isEqualTo("Empty");
    }

    private Group group() {
        return Objects.requireNonNull(core.find(ClassicRequests.GROUP));
    }

    private long send(ApiMessage request, int apiVersion) {
        long id = nextRequest++;
        unanswered.add(id);
        perform(core.handle(new GroupCall(id, request, (short) apiVersion, "c", "/h"), wallMs));
        return id;
    }

    private void perform(GroupOutcome outcome) {
        appending.add(outcome);
        for (GroupEffect effect : outcome.effects()) {
            if (effect instanceof GroupEffect.Reply reply) {
                checkCommitter(reply);
            } else if (effect instanceof GroupEffect.StartTimer timer) {
                timers.put(timer.key(), steadyMs + timer.delayMs());
            } else if (effect instanceof GroupEffect.CancelTimer timer) {
                timers.remove(timer.key());
            }
        }
    }

    private void checkCommitter(GroupEffect.Reply reply) {
        if (acting != null && isAccepted(reply)) {
            assertThat(acting.generation)
                    .as("the generation in which %s commits", acting.name)
                    .isEqualTo(((ClassicGroup) group()).generation());
        }
    }

    private static boolean isAccepted(GroupEffect.Reply reply) {
        return reply.response() instanceof OffsetCommitResponseData r
                && r.topics().get(0).partitions().get(0).errorCode() == Errors.NONE.code();
    }

    private void commitAppends(int count) {
        for (int i = 0; i < count && !appending.isEmpty(); i++) {
            GroupOutcome committed = appending.remove();
            log.addAll(committed.records());
            committed.effects().forEach(effect -> {
                if (effect instanceof GroupEffect.Reply reply) {
                    assertThat(unanswered.remove(reply.requestId()))
                            .as("answered once: %s", reply)
                            .isTrue();
                    deliver(reply);
                }
            });
        }
    }

    private void deliver(GroupEffect.Reply reply) {
        for (SimulatedMember member : members) {
            if (member.outstanding == reply.requestId()) {
                if (isAccepted(reply)) {
                    acknowledged.merge(member.committing, member.committingOffset, Math::max);
                }
                Phase before = member.phase;
                member.onReply(reply.response());
                if (before == Phase.SYNCING && member.phase == Phase.WORKING) {
                    claim(member);
                }
            }
        }
    }

    private void claim(SimulatedMember member) {
        for (int partition : member.owned) {
            String former = owners.putIfAbsent(member.generation + "/" + partition, member.identity());
            assertThat(former)
                    .as("the owner of %s in generation %s", partition, member.generation)
                    .isIn(null, member.identity());
        }
        stableGenerations = Math.max(stableGenerations, member.generation);
    }

    private void crash() {
        // what was being appended is lost, or the first of it is not; nobody who waits hears anything
        int kept = appending.isEmpty() ? 0 : random.nextInt(appending.size() + 1);
        for (int i = 0; i < kept; i++) {
            log.addAll(appending.remove().records());
        }
        appending.clear();
        timers.clear();
        unanswered.clear();
        members.forEach(SimulatedMember::giveUp);
        load();
    }

    private GroupCoordinatorCore load() {
        Random ids = new Random(random.nextLong());
        core = new GroupCoordinatorCore(SETTINGS, () -> Long.toHexString(ids.nextLong()), new NoConsumerGroups());
        log.forEach(core::replay);
        generationOfThisLife = 0;
        perform(core.loaded(wallMs));
        return core;
    }

    private void advance(long ms) {
        long until = steadyMs + ms;
        for (TimerKey key = due(until); key != null; key = due(until)) {
            steadyMs = Math.max(steadyMs, Objects.requireNonNull(timers.remove(key)));
            perform(core.onTimer(key, wallMs));
            check();
        }
        steadyMs = until;
        wallMs += ms;
    }

    private @Nullable TimerKey due(long until) {
        return timers.entrySet().stream()
                .filter(e -> e.getValue() <= until)
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private void check() {
        List<CoordinatorRecord> all = new ArrayList<>(log);
        appending.forEach(outcome -> all.addAll(outcome.records()));
        if (all.size() < 400 || random.nextInt(50) == 0) {
            checkReplay(all);
        }
        if (core.find(ClassicRequests.GROUP) instanceof ClassicGroup group) {
            checkGroup(group);
        }
    }

    private void checkReplay(List<CoordinatorRecord> all) {
        GroupCoordinatorCore replayed = GroupDriver.replayed(SETTINGS, all);
        assertThat(durable(replayed)).isEqualTo(durable(core));
        GroupCoordinatorCore committed = GroupDriver.replayed(SETTINGS, log);
        acknowledged.forEach((partition, offset) -> {
            CommittedOffset found = committed.offsets().get(ClassicRequests.GROUP, "t", partition);
            assertThat(found == null ? -1 : found.offset())
                    .as("the acknowledged offset of partition %s", partition)
                    .isGreaterThanOrEqualTo(offset);
        });
    }

    private static List<String> durable(GroupCoordinatorCore core) {
        List<String> lines = new ArrayList<>();
        if (core.find(ClassicRequests.GROUP) instanceof ClassicGroup group && group.durable() != null) {
            CoordinatorRecord record =
                    GroupRecordCodec.encode(new GroupRecord.ClassicGroupMetadata(group.groupId(), group.durable()));
            lines.add(java.util.Arrays.toString(record.value()));
        }
        core.offsets()
                .forEach(ClassicRequests.GROUP, (topic, partition, offset) -> lines.add(topic + partition + offset));
        return lines;
    }

    private void checkGroup(ClassicGroup group) {
        ClassicMembers all = group.members;
        assertThat(group.generation()).isGreaterThanOrEqualTo(generationOfThisLife);
        generationOfThisLife = group.generation();
        assertThat(all.awaitingJoin())
                .isEqualTo(
                        all.all().stream().filter(m -> m.awaitingJoin != null).count());
        assertThat(all.isEmpty()).isEqualTo(all.leader() == null);
        assertThat(all.awaitingJoin()).isLessThanOrEqualTo(SETTINGS.maxSize());
        assertThat(all.all())
                .allSatisfy(m -> assertThat(m.instanceId == null ? m.memberId : all.memberIdOf(m.instanceId))
                        .isEqualTo(m.memberId));
        // no request is forgotten: it is on its way to an answer, or a member waits with it
        Set<Long> known = new HashSet<>();
        appending.stream()
                .flatMap(outcome -> outcome.effects().stream())
                .filter(GroupEffect.Reply.class::isInstance)
                .forEach(effect -> known.add(((GroupEffect.Reply) effect).requestId()));
        all.all().forEach(m -> Stream.of(m.awaitingJoin, m.awaitingSync)
                .filter(Objects::nonNull)
                .forEach(waiting -> known.add(waiting.requestId())));
        assertThat(known).containsAll(unanswered);
        // nobody is forgotten: who does not wait for an answer has a session that will end
        assertThat(all.all())
                .filteredOn(m -> m.awaitingJoin == null && m.awaitingSync == null)
                .allSatisfy(m -> assertThat(timers).containsKey(ClassicRebalance.sessionTimer(group, m.memberId)));
    }
}
