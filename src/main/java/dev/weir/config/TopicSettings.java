package dev.weir.config;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** The settings of topics: their names, their check, and the {@link LogConfig} that they come to over the broker's defaults. */
public final class TopicSettings {
    private static final Map<String, ResourceSetting> BY_NAME = byName();

    private static final List<ResourceSetting> SORTED = TopicDeclarations.ALL.stream()
            .sorted(Comparator.comparing(setting -> setting.key().name))
            .toList();
    private static final Map<String, List<String>> SYNONYMS = synonyms();

    private TopicSettings() {}

    private static Map<String, List<String>> synonyms() {
        Map<String, List<String>> all = new HashMap<>();
        for (ResourceSetting setting : TopicDeclarations.ALL) {
            List<String> names =
                    setting.synonyms().stream().map(BrokerSynonym::name).toList();
            if (!names.isEmpty()) {
                all.put(names.get(0), names);
            }
        }
        return all;
    }

    private static Map<String, ResourceSetting> byName() {
        Map<String, ResourceSetting> all = new LinkedHashMap<>();
        TopicDeclarations.ALL.forEach(setting -> all.put(setting.key().name, setting));
        return all;
    }

    /** Every topic setting's name. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(BY_NAME.keySet());
    }

    /** All settings in the order of their names. */
    static List<ResourceSetting> sorted() {
        return SORTED;
    }

    /** The broker settings that decide together with {@code brokerName}, most specific first. */
    static List<String> brokerSynonyms(String brokerName) {
        return SYNONYMS.getOrDefault(brokerName, List.of(brokerName));
    }

    static @Nullable ResourceSetting find(String name) {
        return BY_NAME.get(name);
    }

    /**
     * Checks a topic's own settings as a whole.
     *
     * @param broker the defaults under them
     * @param topic the topic's own values as text by name
     * @return what is wrong, in one line; empty if nothing is. The wire error for it is INVALID_CONFIG.
     */
    public static Optional<String> problem(BrokerConfig broker, Map<String, String> topic) {
        for (Map.Entry<String, String> entry : topic.entrySet()) {
            ResourceSetting setting = BY_NAME.get(entry.getKey());
            if (setting == null) {
                return Optional.of("Unknown topic config name: " + entry.getKey());
            }
            Optional<String> problem = Parsing.problem(setting.key(), entry.getValue());
            if (problem.isPresent()) {
                return problem;
            }
        }
        LogConfig log = toLogConfig(broker, topic);
        return log.minCompactionLagMs() <= log.maxCompactionLagMs()
                ? Optional.empty()
                : Optional.of(
                        "min.compaction.lag.ms=" + log.minCompactionLagMs() + " is not valid: it must not be more than"
                                + " max.compaction.lag.ms=" + log.maxCompactionLagMs());
    }

    /**
     * What a partition's log obeys. A topic's value that isn't known or isn't valid is passed over: values are checked when
     * they are set.
     *
     * @param broker the broker's settings, altered ones included
     * @param topic the topic's own values as text by name
     */
    public static LogConfig toLogConfig(BrokerConfig broker, Map<String, String> topic) {
        return LogConfigs.of(new Values(effective(broker, topic)));
    }

    /**
     * {@code min.insync.replicas} as it is in force, without the other settings.
     *
     * @param broker the broker's settings, altered ones included
     * @param topic the topic's own values as text by name
     */
    public static int minInsyncReplicas(BrokerConfig broker, Map<String, String> topic) {
        return (Integer) effective(broker, topic, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
    }

    /** {@code unclean.leader.election.enable}, in the same way. */
    public static boolean uncleanLeaderElection(BrokerConfig broker, Map<String, String> topic) {
        return (Boolean) effective(broker, topic, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG);
    }

    private static Object effective(BrokerConfig broker, Map<String, String> topic, String name) {
        return Objects.requireNonNull(BY_NAME.get(name)).effective(broker, topic.get(name));
    }

    /** The value in force of every topic setting. */
    static Map<String, Object> effective(BrokerConfig broker, Map<String, String> topic) {
        Map<String, Object> values = new LinkedHashMap<>();
        BY_NAME.forEach((name, setting) -> values.put(name, setting.effective(broker, topic.get(name))));
        return values;
    }
}
