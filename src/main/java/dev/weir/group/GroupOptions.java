package dev.weir.group;

import dev.weir.config.BrokerConfig;
import dev.weir.group.assignor.Assignor;
import dev.weir.group.consumer.ConsumerGroupConfig;
import dev.weir.group.core.GroupRules;
import java.util.Locale;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * What a coordinator verticle is told at its start.
 *
 * @param brokerId this broker
 * @param shard which of the coordinators it is, from 0
 * @param shards how many there are: as many as shards of partitions
 * @param groups the settings of groups and offsets
 * @param compression of the batches in the group log
 * @param commitTimeoutMs the longest time until an append is committed or fails
 * @param loadBytes bytes of one read while loading
 */
record GroupOptions(
        int brokerId,
        int shard,
        int shards,
        GroupRules groups,
        Compression compression,
        int commitTimeoutMs,
        int loadBytes) {
    private static final int MINUTE_MS = 60_000;
    private static final int MAX_LOAD_BYTES = 1 << 20;

    static GroupOptions of(BrokerConfig config, int shard, int shards) {
        var classic = config.classicGroups();
        var offsets = config.offsets();
        GroupRules groups = new GroupRules(
                classic.initialRebalanceDelayMs(),
                classic.maxSize(),
                classic.minSessionTimeoutMs(),
                classic.maxSessionTimeoutMs(),
                GroupRules.DEFAULTS.newMemberJoinTimeoutMs(),
                offsets.metadataMaxBytes(),
                (long) offsets.retentionMinutes() * MINUTE_MS,
                offsets.retentionCheckMs());
        return new GroupOptions(
                config.node().nodeId(),
                shard,
                shards,
                groups,
                Compression.of(CompressionType.forId(offsets.topicCompressionCodec()))
                        .build(),
                offsets.commitTimeoutMs(),
                Math.min(MAX_LOAD_BYTES, offsets.loadBufferBytes()));
    }

    /** The settings of consumer groups, altered ones included. */
    static ConsumerGroupConfig consumerGroups(BrokerConfig config) {
        var settings = config.consumerGroups();
        ConsumerGroupConfig defaults = ConsumerGroupConfig.DEFAULT;
        return new ConsumerGroupConfig(
                settings.sessionTimeoutMs(),
                settings.heartbeatIntervalMs(),
                Math.min(settings.heartbeatIntervalMs(), defaults.rebalanceHeartbeatIntervalMs()),
                settings.maxSize(),
                settings.assignors().stream().map(GroupOptions::assignor).toList(),
                ConsumerGroupConfig.Migration.valueOf(settings.migrationPolicy().toUpperCase(Locale.ROOT)),
                settings.assignmentIntervalMs(),
                settings.regexRefreshMs());
    }

    private static Assignor assignor(String name) {
        return ConsumerGroupConfig.DEFAULT.assignors().stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no assignor is called " + name));
    }
}
