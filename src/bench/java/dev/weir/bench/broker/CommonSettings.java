package dev.weir.bench.broker;

import java.util.LinkedHashMap;
import java.util.Map;

/** Settings that both brokers get alike; everything else is left at its default. */
final class CommonSettings {
    private CommonSettings() {}

    static Map<String, String> with(Home home, Map<String, String> more) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("log.dirs", home.data().toString());
        settings.put("auto.create.topics.enable", "false");
        // Deleted topics must give their space back between rounds.
        settings.put("log.segment.delete.delay.ms", "100");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.putAll(more);
        return settings;
    }

    /** As {@link #with}, for a member of a cluster that keeps its records three times. */
    static Map<String, String> ofMember(Home home, Map<String, String> more) {
        Map<String, String> settings = with(home, Map.of());
        settings.put("offsets.topic.replication.factor", "3");
        settings.put("min.insync.replicas", "2");
        settings.putAll(more);
        return settings;
    }

    static String asProperties(Map<String, String> settings) {
        StringBuilder text = new StringBuilder();
        settings.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }
}
