package dev.weir.controller.log;

import dev.weir.metadata.ClusterImage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** What must hold after every event, over all replicas and all their lives. Topics stand for decisions; none is deleted. */
final class MetadataLogOracle {
    private final NavigableMap<Long, ClusterImage> committed = new TreeMap<>();
    private final NavigableMap<Long, Set<String>> answered = new TreeMap<>();
    private final Map<Integer, String> leaders = new HashMap<>();

    /** The end of what is known to be committed. */
    long committedEnd() {
        return committed.isEmpty() ? 0 : committed.lastKey() + 1;
    }

    /** A replica shows an image to its broker. */
    void published(ReplicaSim replica, ClusterImage image) {
        long offset = image.position().offset();
        ClusterImage known = committed.get(offset);
        if (known != null) {
            check(known.equals(image), replica + " shows another image at " + offset);
            return;
        }
        Map.Entry<Long, ClusterImage> before = committed.lowerEntry(offset);
        Map.Entry<Long, ClusterImage> after = committed.higherEntry(offset);
        check(
                before == null || holds(image, before.getValue()),
                replica + " has lost what was committed below " + offset);
        check(
                after == null || holds(after.getValue(), image),
                replica + " shows what was never committed at " + offset);
        Set<String> names = image.topics().byName().keySet();
        answered.headMap(offset, true)
                .values()
                .forEach(topics -> check(names.containsAll(topics), replica + " has lost one of " + topics));
        committed.put(offset, image);
    }

    /** A decision on {@code image} was answered with success. */
    void answered(ReplicaSim replica, ClusterImage image, Set<String> topics) {
        long offset = image.position().offset();
        check(committed.containsKey(offset), replica + " answers from " + offset + ", which nobody has been shown");
        check(
                image.topics().byName().keySet().containsAll(topics),
                replica + " answers " + topics + " without having them");
        answered.computeIfAbsent(offset, any -> new HashSet<>()).addAll(topics);
    }

    void leads(ReplicaSim replica, int epoch) {
        String who = replica.id + " in its life " + replica.life;
        String before = leaders.putIfAbsent(epoch, who);
        check(before == null || before.equals(who), "two leaders of epoch " + epoch + ": " + before + ", " + who);
    }

    void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static boolean holds(ClusterImage image, ClusterImage earlier) {
        return image.topics()
                .byName()
                .keySet()
                .containsAll(earlier.topics().byName().keySet());
    }
}
