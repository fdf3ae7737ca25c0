package dev.weir.group.assignor;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * The assignor {@code uniform}: members' partition counts differ as little as their subscriptions allow, and members keep
 * what they have. Where all members subscribe alike, counts differ by at most one and no fewer partitions could move; this
 * case takes time in proportion to members plus partitions. Otherwise {@link UniformBalancer} does the work.
 */
public final class UniformAssignor implements Assignor {
    static final String NAME = "uniform";
    private static final int NOBODY = -1;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Assignment> assign(Input input) {
        if (input.members().isEmpty()) {
            return Map.of();
        }
        return input.isHomogeneous() ? new Homogeneous(input).assign() : new UniformBalancer(input).assign();
    }

    /** One run for members that all subscribe to the same topics. Partitions are numbered through, topic after topic. */
    private static final class Homogeneous {
        private final List<String> members;
        private final List<Member> specs;
        private final List<Uuid> topics;
        private final Map<Uuid, Integer> firstOf = new HashMap<>();
        private final Map<Uuid, Integer> counts;
        private final int[] owner;

        Homogeneous(Input input) {
            members = input.sortedMembers();
            specs = members.stream().map(input.members()::get).toList();
            topics = input.sortedTopics().stream()
                    .filter(specs.get(0).topics()::contains)
                    .toList();
            counts = input.partitionCounts();
            int total = 0;
            for (Uuid topic : topics) {
                firstOf.put(topic, total);
                total += counts.getOrDefault(topic, 0);
            }
            owner = new int[total];
            Arrays.fill(owner, NOBODY);
        }

        Map<String, Assignment> assign() {
            int[] missing = keepCurrent();
            handOutTheRest(missing);
            return collect();
        }

        /** Leaves each member as much of its current partitions as its share allows; returns what each one still lacks. */
        private int[] keepCurrent() {
            int least = owner.length / members.size();
            int extras = owner.length % members.size();
            int[] missing = new int[members.size()];
            boolean[] hasExtra = new boolean[members.size()];
            for (int m = 0; m < members.size(); m++) {
                int limit = extras > 0 ? least + 1 : least;
                int kept = keep(m, limit);
                if (kept > least) {
                    hasExtra[m] = true;
                    extras--;
                }
                missing[m] = Math.max(0, least - kept);
            }
            for (int m = 0; m < members.size() && extras > 0; m++) {
                if (!hasExtra[m]) {
                    missing[m]++;
                    extras--;
                }
            }
            return missing;
        }

        private int keep(int member, int limit) {
            int[] kept = {0};
            specs.get(member).current().forEach((topic, partition) -> {
                Integer first = firstOf.get(topic);
                if (kept[0] < limit && first != null && partition < counts.getOrDefault(topic, 0)) {
                    if (owner[first + partition] == NOBODY) {
                        owner[first + partition] = member;
                        kept[0]++;
                    }
                }
            });
            return kept[0];
        }

        /** Deals free partitions out one by one in turn, which also spreads each topic over many members. */
        private void handOutTheRest(int[] missing) {
            ArrayDeque<Integer> waiting = new ArrayDeque<>();
            for (int m = 0; m < missing.length; m++) {
                if (missing[m] > 0) {
                    waiting.add(m);
                }
            }
            for (int p = 0; p < owner.length; p++) {
                if (owner[p] == NOBODY) {
                    int member = waiting.remove();
                    owner[p] = member;
                    if (--missing[member] > 0) {
                        waiting.add(member);
                    }
                }
            }
        }

        private Map<String, Assignment> collect() {
            Assignment.Builder[] builders = new Assignment.Builder[members.size()];
            Arrays.setAll(builders, m -> new Assignment.Builder());
            int at = 0;
            for (Uuid topic : topics) {
                int count = counts.getOrDefault(topic, 0);
                for (int p = 0; p < count; p++) {
                    builders[owner[at++]].add(topic, p);
                }
            }
            Map<String, Assignment> result = new HashMap<>();
            for (int m = 0; m < builders.length; m++) {
                result.put(members.get(m), builders[m].build());
            }
            return result;
        }
    }
}
