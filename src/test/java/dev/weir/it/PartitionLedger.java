package dev.weir.it;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps book of which member of a group owns which partition. A member gives a partition up before the broker hears of it, and
 * the broker gives it to the next only then; so a partition that is given while another member holds it is a fault.
 *
 * <p>Members in other processes report through pipes. What they wrote is read before anything else is booked, so nothing that
 * a member of this process hears can overtake it. Only between two other processes the order is not known: there an
 * assignment waits for the revocation that makes it right, and is a fault where that is missing once all is at rest.
 */
final class PartitionLedger {
    private final Map<Integer, String> owners = new HashMap<>();
    private final List<OutsideMember> outside = new ArrayList<>();
    private final Map<OutsideMember, Deque<Event>> reported = new HashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** What a member in another process reports; {@code partitions} is null for all of its own. */
    record Event(boolean assigned, Set<Integer> partitions) {
        static final Event GONE = new Event(false, null);
    }

    synchronized void watch(OutsideMember member) {
        outside.add(member);
        reported.put(member, new ArrayDeque<>());
    }

    /** A member in this process was given partitions. */
    synchronized void assigned(String member, Collection<Integer> partitions) {
        readReports();
        for (int partition : partitions) {
            String former = owners.put(partition, member);
            if (former != null && !former.equals(member)) {
                faults.add(partition + " given to " + member + " while " + former + " holds it");
            }
        }
    }

    /** A member in this process gave partitions up. */
    synchronized void revoked(String member, Collection<Integer> partitions) {
        partitions.forEach(partition -> owners.remove(partition, member));
    }

    /** A member has died: it reads nothing any more. */
    synchronized void died(String member) {
        readReports();
        owners.values().removeIf(member::equals);
    }

    /** What a dead process has reported last counts no more. */
    synchronized void died(OutsideMember member) {
        died(member.name());
        outside.remove(member);
        reported.remove(member);
        owners.values().removeIf(member.name()::equals);
    }

    /** Whether every partition has an owner, and nothing contradicts that. */
    synchronized boolean isComplete(int partitions) {
        readReports();
        return owners.size() == partitions && reported.values().stream().allMatch(Deque::isEmpty);
    }

    /** Who owns something, in the order of their names. */
    synchronized Set<String> owners() {
        return new TreeSet<>(owners.values());
    }

    /** Partitions that were given while another member held them. */
    synchronized List<String> faults() {
        readReports();
        List<String> all = new ArrayList<>(faults);
        reported.forEach((member, events) -> events.forEach(
                event -> all.add(member.name() + " was given " + event.partitions() + ", of " + owners)));
        return all;
    }

    @Override
    public synchronized String toString() {
        return "owners " + owners + ", faults " + faults + ", to be booked " + reported;
    }

    private void readReports() {
        for (OutsideMember member : outside) {
            reported.getOrDefault(member, new ArrayDeque<>()).addAll(member.newEvents());
        }
        boolean moved = true;
        while (moved) {
            moved = false;
            for (OutsideMember member : outside) {
                Deque<Event> events = reported.getOrDefault(member, new ArrayDeque<>());
                while (!events.isEmpty() && book(member.name(), events.peek())) {
                    events.remove();
                    moved = true;
                }
            }
        }
    }

    private boolean book(String member, Event event) {
        if (!event.assigned()) {
            owners.entrySet()
                    .removeIf(e -> e.getValue().equals(member)
                            && (event.partitions() == null || event.partitions().contains(e.getKey())));
            return true;
        }
        boolean free = event.partitions().stream()
                .allMatch(p -> owners.getOrDefault(p, member).equals(member));
        if (free) {
            event.partitions().forEach(p -> owners.put(p, member));
        }
        return free;
    }
}
