package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topic settings that files and tools apply to every cluster: the throttle of replication, and those that say that no
 * segment is kept elsewhere. They are kept; nothing is replicated yet that could be throttled.
 */
final class ClusterTopicSettings {
    static final String LEADER_RATE = "leader.replication.throttled.rate";
    static final String FOLLOWER_RATE = "follower.replication.throttled.rate";

    private static final Pattern REPLICA = Pattern.compile("\\d+:\\d+");
    private static final String NO_TIERS = " This broker keeps all segments in its own directories.";

    private ClusterTopicSettings() {}

    static List<ResourceSetting> all() {
        return List.of(
                throttled("leader.replication.throttled.replicas", LEADER_RATE, "send to their followers"),
                throttled("follower.replication.throttled.replicas", FOLLOWER_RATE, "take from their leader"),
                ResourceSetting.of(
                        TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG,
                        BOOLEAN,
                        false,
                        Bounds.that("but only false: this broker has no tiered storage", value -> !(Boolean) value),
                        "Whether old segments are kept in tiered storage." + NO_TIERS),
                ResourceSetting.of(
                                TopicConfig.LOCAL_LOG_RETENTION_MS_CONFIG,
                                LONG,
                                -2L,
                                Bounds.atLeast(-2),
                                "How long a segment that is in tiered storage is kept here as well; -2 stands for"
                                        + " retention.ms." + NO_TIERS)
                        .from("log.local.retention.ms", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.LOCAL_LOG_RETENTION_BYTES_CONFIG,
                                LONG,
                                -2L,
                                Bounds.atLeast(-2),
                                "The size above which segments that are in tiered storage are removed here; -2 stands for"
                                        + " retention.bytes." + NO_TIERS)
                        .from("log.local.retention.bytes", MEDIUM),
                ResourceSetting.of(
                        TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG,
                        BOOLEAN,
                        false,
                        null,
                        "Whether no more segments are copied to tiered storage." + NO_TIERS),
                ResourceSetting.of(
                        TopicConfig.REMOTE_LOG_DELETE_ON_DISABLE_CONFIG,
                        BOOLEAN,
                        false,
                        null,
                        "Whether segments in tiered storage are deleted when it is switched off." + NO_TIERS));
    }

    private static ResourceSetting throttled(String name, String rate, String what) {
        return ResourceSetting.of(
                name,
                LIST,
                List.of(),
                Bounds.that("* or a list of partition:broker", ClusterTopicSettings::areReplicas),
                "Replicas that " + what + " no more than `" + rate + "` bytes in a second: `*` for all, or a list of"
                        + " partition:broker.");
    }

    private static boolean areReplicas(Object value) {
        List<?> replicas = (List<?>) value;
        return replicas.equals(List.of("*"))
                || replicas.stream()
                        .allMatch(replica ->
                                REPLICA.matcher(String.valueOf(replica).strip()).matches());
    }
}
