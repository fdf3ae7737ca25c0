package dev.weir.controller;

import static dev.weir.metadata.PartitionImage.NO_LEADER;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/**
 * One change of one partition: what is wanted of it goes in, and out comes the record with all that follows from it: the end of
 * a reassignment, who is eligible to lead (KIP-966), the leader. Used once, on one thread.
 *
 * <p>Who has left the ISR stays eligible (ELR) while the ISR is smaller than {@code min.insync.replicas}: nothing is committed
 * then, so it lacks nothing that is. The leader comes from the ISR; if that is empty, from the ELR; if that is empty too, it is the
 * last leader, once it is back. The last one may lack committed records, as any other replica, which leads only where that is
 * allowed. Without KIP-966 the last member of an ISR stays in it.
 */
final class PartitionChange {
    private static final int NOBODY = -1;

    private final ClusterImage image;
    private final Uuid topicId;
    private final int partitionId;
    private final PartitionImage before;
    private final TopicRules rules;

    private IntPredicate active;
    private Election election = Election.ONLINE;
    private Reassignment assignment;
    private List<Integer> isr;
    private List<Integer> elr;
    private boolean recovering;
    private int incomplete = NOBODY;
    private int moved = NOBODY;
    private Uuid movedTo = DirectoryId.UNASSIGNED;

    /** Which leader is looked for. */
    enum Election {
        /** The first replica, if it is in sync. */
        PREFERRED,
        /** Who leads now, if it can; else any replica that has all that is committed. */
        ONLINE,
        /** The same; if there is none, any replica. */
        UNCLEAN
    }

    private PartitionChange(
            ClusterImage image, Uuid topicId, int partitionId, PartitionImage before, TopicRules rules) {
        this.image = image;
        this.topicId = topicId;
        this.partitionId = partitionId;
        this.before = before;
        this.rules = rules;
        active = image::isActive;
        assignment = Reassignment.of(before);
        isr = before.isr();
        elr = before.elr();
        recovering = before.recovering();
    }

    /** A change of a partition that stands as {@code before}, on which nothing is wanted yet. */
    static PartitionChange of(
            ClusterImage image, Uuid topicId, int partitionId, PartitionImage before, TopicRules rules) {
        return new PartitionChange(image, topicId, partitionId, before, rules);
    }

    /** Which brokers may lead, where it is others than those that are active in the image. */
    PartitionChange active(IntPredicate brokers) {
        active = brokers;
        return this;
    }

    PartitionChange election(Election wanted) {
        election = wanted;
        return this;
    }

    PartitionChange isr(List<Integer> wanted) {
        isr = wanted;
        return this;
    }

    PartitionChange assignment(Reassignment wanted) {
        assignment = wanted;
        return this;
    }

    PartitionChange recovering(boolean wanted) {
        recovering = wanted;
        return this;
    }

    /** Where one broker keeps its replica now. */
    PartitionChange directory(int broker, Uuid directory) {
        moved = broker;
        movedTo = directory;
        return this;
    }

    /** Takes a broker out of the ISR. */
    PartitionChange without(int broker) {
        isr = without(isr, broker);
        return this;
    }

    /** Takes a broker out of the ISR that may have lost committed records: it is not eligible to lead either. */
    PartitionChange withoutRecordsOf(int broker) {
        incomplete = broker;
        return without(broker);
    }

    /** The record that makes the change; empty where nothing changes. */
    Optional<PartitionChangeRecord> record() {
        assignment.completedBy(isr, rules).ifPresent(completed -> {
            assignment = completed;
            isr = isr.stream().filter(completed.replicas()::contains).toList();
        });
        elr = eligible();
        PartitionChangeRecord record = elected(PartitionChangeRecord.of(topicId, partitionId));
        boolean loses = !assignment.replicas().equals(before.replicas())
                && !assignment.replicas().containsAll(before.replicas());
        if (loses && record.leader().isEmpty()) {
            // Whoever is gone must not be taken for a replica of the leader's epoch.
            record = record.withLeader(before.leader());
        }
        record = withMembers(record);
        record = withLastLeader(record);
        record = withAssignment(record);
        if (recovering != before.recovering()) {
            record = record.withRecovering(recovering);
        }
        return record.isEmpty() ? Optional.empty() : Optional.of(record);
    }

    /** Who is not in sync, but has all that is committed, in the order of ids. */
    private List<Integer> eligible() {
        if (!rules.elr() || isr.size() >= rules.minIsrOf(assignment.replicas().size())) {
            return List.of();
        }
        return Stream.concat(elr.stream(), before.isr().stream())
                .distinct()
                .filter(broker -> broker != incomplete && !isr.contains(broker))
                .filter(assignment.replicas()::contains)
                .sorted()
                .toList();
    }

    private PartitionChangeRecord elected(PartitionChangeRecord record) {
        int clean = electClean();
        int leader = clean == NO_LEADER ? electIncomplete() : clean;
        if (leader == before.leader()) {
            return record;
        }
        if (leader != NO_LEADER && !isr.contains(leader)) {
            isr = List.of(leader);
            // It alone may be enough to commit, now or by what is allowed since.
            elr = clean == NO_LEADER || rules.minIsrOf(assignment.replicas().size()) <= 1
                    ? List.of()
                    : without(elr, leader);
            recovering = recovering || clean == NO_LEADER;
        }
        return record.withLeader(leader);
    }

    private int electClean() {
        List<Integer> replicas = assignment.replicas();
        if (election == Election.PREFERRED && !replicas.isEmpty() && isComplete(replicas.get(0))) {
            return replicas.get(0);
        }
        return isComplete(before.leader()) ? before.leader() : first(replicas, this::isComplete);
    }

    private boolean isComplete(int broker) {
        return (isr.contains(broker) || (isr.isEmpty() && elr.contains(broker))) && mayLead(broker);
    }

    private int electIncomplete() {
        List<Integer> last = before.lastKnownElr();
        boolean onlyTheLast = rules.elr() && isr.isEmpty() && elr.isEmpty() && last.size() == 1;
        if (onlyTheLast && mayLead(last.get(0))) {
            return last.get(0);
        }
        return election == Election.UNCLEAN ? first(assignment.replicas(), this::mayLead) : NO_LEADER;
    }

    private boolean mayLead(int broker) {
        BrokerImage known = image.brokers().get(broker);
        return known != null
                && assignment.replicas().contains(broker)
                && active.test(broker)
                && DirectoryId.isOnline(directoryOf(broker), known.logDirs());
    }

    private static int first(List<Integer> replicas, IntPredicate good) {
        for (int broker : replicas) {
            if (good.test(broker)) {
                return broker;
            }
        }
        return NO_LEADER;
    }

    private static List<Integer> without(List<Integer> all, int broker) {
        List<Integer> rest = new ArrayList<>(all);
        rest.remove(Integer.valueOf(broker));
        return rest;
    }

    private PartitionChangeRecord withMembers(PartitionChangeRecord record) {
        boolean stays = isr.isEmpty() && !rules.elr();
        PartitionChangeRecord withIsr = stays || isr.equals(before.isr()) ? record : record.withIsr(isr);
        return elr.equals(before.elr()) ? withIsr : withIsr.withElr(elr);
    }

    /** Remembers who led last once nobody leads; forgets it when somebody leads again. */
    private PartitionChangeRecord withLastLeader(PartitionChangeRecord record) {
        List<Integer> known = before.lastKnownElr();
        boolean stops = before.hasLeader() && record.leader().orElse(before.leader()) == NO_LEADER;
        boolean lastStays = assignment.replicas().contains(before.leader());
        if (rules.elr() && stops && known.isEmpty() && lastStays) {
            return record.withLastKnownElr(List.of(before.leader()));
        }
        boolean leads = record.leader().orElse(NO_LEADER) != NO_LEADER;
        boolean forget = leads || !rules.elr() || !assignment.replicas().containsAll(known);
        return forget && !known.isEmpty() ? record.withLastKnownElr(List.of()) : record;
    }

    private PartitionChangeRecord withAssignment(PartitionChangeRecord record) {
        PartitionChangeRecord changed = record;
        boolean replaced = !assignment.replicas().equals(before.replicas());
        if (replaced || moved != NOBODY) {
            List<Uuid> kept =
                    assignment.replicas().stream().map(this::directoryOf).toList();
            changed = replaced ? changed.withReplicas(assignment.replicas(), kept) : changed.withDirectories(kept);
        }
        if (!assignment.removing().equals(before.removing())) {
            changed = changed.withRemoving(assignment.removing());
        }
        return assignment.adding().equals(before.adding()) ? changed : changed.withAdding(assignment.adding());
    }

    private Uuid directoryOf(int broker) {
        if (broker == moved) {
            return movedTo;
        }
        return before.replicas().contains(broker) ? before.directoryOf(broker) : NewPartitions.directory(image, broker);
    }
}
