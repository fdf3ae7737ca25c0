package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.consumer.Progress.State;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.jspecify.annotations.Nullable;

/**
 * Takes one member one step from its current assignment towards its target: first it gives up what is not in the target, and
 * only when it has confirmed that does it come to the target's epoch and receive what others have let go. A pure function.
 */
final class Reconciler {
    private final ConsumerGroup group;
    private final Member member;
    private final Predicate<Uuid> isSubscribed;
    private final @Nullable List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned;

    /**
     * @param isSubscribed whether the member subscribes to the topic of this id; false for one that no longer exists
     * @param owned what the member says it owns; null where it did not say
     */
    Reconciler(
            ConsumerGroup group,
            Member member,
            Predicate<Uuid> isSubscribed,
            @Nullable List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned) {
        this.group = group;
        this.member = member;
        this.isSubscribed = isSubscribed;
        this.owned = owned;
    }

    /** The state is of a kind that this version does not know, so the member may own anything: it has to start anew. */
    static boolean mustStartAnew(
            Member member, @Nullable List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned) {
        return member.progress().state() == State.UNKNOWN && (owned == null || !owned.isEmpty());
    }

    /** The member's next progress; the present one where it cannot move. */
    Progress next() {
        Progress now = member.progress();
        boolean consistent = now.assigned().topics().stream().allMatch(isSubscribed);
        return switch (now.state()) {
            case STABLE -> {
                if (now.epoch() != group.targetEpoch()) {
                    yield advance(now.epoch());
                }
                yield consistent ? now : giveUpUnsubscribed();
            }
            case UNREVOKED_PARTITIONS -> {
                if (!stillOwns(now.revoking())) {
                    yield advance(now.epoch());
                }
                yield consistent ? now : giveUpUnsubscribed();
            }
            case UNRELEASED_PARTITIONS -> advance(now.epoch());
            case UNKNOWN -> advance(group.targetEpoch());
        };
    }

    private Progress advance(int epochMeanwhile) {
        Progress now = member.progress();
        Assignment target = group.target(member.id());
        Ownership.Builder assigned = new Ownership.Builder();
        Ownership.Builder revoking = new Ownership.Builder();
        now.assigned().partitions().forEach((topic, epochs) -> {
            boolean subscribed = isSubscribed.test(topic);
            epochs.forEach((partition, epoch) -> (subscribed && target.contains(topic, partition) ? assigned : revoking)
                    .add(topic, partition, epoch));
        });
        Ownership mustRevoke = revoking.build();
        if (stillOwns(mustRevoke)) {
            return now.step(epochMeanwhile, State.UNREVOKED_PARTITIONS, assigned.build(), mustRevoke);
        }
        boolean waiting = addFree(target, assigned);
        State state = waiting ? State.UNRELEASED_PARTITIONS : State.STABLE;
        Progress next = now.step(group.targetEpoch(), state, assigned.build(), Ownership.NONE);
        return isNoStep(now, next) ? now : next;
    }

    /** Adds the partitions of the target that nobody else owns; returns whether some are missing. */
    private boolean addFree(Assignment target, Ownership.Builder assigned) {
        boolean[] waiting = {false};
        for (Uuid topic : target.topics()) {
            if (isSubscribed.test(topic)) {
                for (int partition : target.partitions(topic)) {
                    if (!member.progress().assigned().contains(topic, partition)) {
                        String owner = group.owner(topic, partition);
                        if (owner == null || owner.equals(member.id())) {
                            assigned.add(topic, partition, group.targetEpoch());
                        } else {
                            waiting[0] = true;
                        }
                    }
                }
            }
        }
        return waiting[0];
    }

    /** A member that waits on and has received nothing keeps its previous epoch, and no record is written. */
    private static boolean isNoStep(Progress now, Progress next) {
        return now.epoch() == next.epoch()
                && now.state() == next.state()
                && now.assigned().equals(next.assigned())
                && now.revoking().equals(next.revoking());
    }

    private Progress giveUpUnsubscribed() {
        Progress now = member.progress();
        Ownership.Builder assigned = new Ownership.Builder();
        Ownership.Builder dropped = new Ownership.Builder().addAll(now.revoking());
        now.assigned().partitions().forEach((topic, epochs) -> {
            Ownership.Builder to = isSubscribed.test(topic) ? assigned : dropped;
            epochs.forEach((partition, epoch) -> to.add(topic, partition, epoch));
        });
        Ownership revoking = dropped.build();
        return stillOwns(revoking)
                ? now.step(now.epoch(), State.UNREVOKED_PARTITIONS, assigned.build(), revoking)
                : now.withAssigned(assigned.build());
    }

    /** Whether the member may own any of these: it says so, or it did not say. */
    private boolean stillOwns(Ownership partitions) {
        if (partitions.isEmpty()) {
            return false;
        }
        if (owned == null) {
            return true;
        }
        Set<Integer> claimed = new HashSet<>();
        for (ConsumerGroupHeartbeatRequestData.TopicPartitions topic : owned) {
            claimed.clear();
            claimed.addAll(topic.partitions());
            if (partitions.of(topic.topicId()).keySet().stream().anyMatch(claimed::contains)) {
                return true;
            }
        }
        return false;
    }
}
