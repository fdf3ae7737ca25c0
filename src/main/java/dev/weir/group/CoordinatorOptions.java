package dev.weir.group;

import dev.weir.config.BrokerConfig;
import dev.weir.group.core.GroupRules;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * The options of one coordinator verticle, fixed at its start.
 *
 * @param brokerId this broker
 * @param shard which of the coordinators it is, from 0
 * @param shards how many there are: as many as shards of partitions
 * @param groups the rules of groups and offsets
 * @param compression of the batches in the group log
 * @param commitTimeoutMs the longest time until an append is committed or fails
 * @param loadBytes bytes of one read while loading
 */
record CoordinatorOptions(
        int brokerId,
        int shard,
        int shards,
        GroupRules groups,
        Compression compression,
        int commitTimeoutMs,
        int loadBytes) {
    private static final int MAX_LOAD_BYTES = 1 << 20;

    static CoordinatorOptions of(BrokerConfig config, int shard, int shards) {
        var offsets = config.offsets();
        return new CoordinatorOptions(
                config.node().nodeId(),
                shard,
                shards,
                GroupRules.of(config),
                Compression.of(CompressionType.forId(offsets.topicCompressionCodec()))
                        .build(),
                offsets.commitTimeoutMs(),
                Math.min(MAX_LOAD_BYTES, offsets.loadBufferBytes()));
    }
}
