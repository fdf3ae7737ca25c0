/**
 * The life of one partition: role and epochs, high watermark, in-sync replicas, waiting produces and fetches. Its state is
 * owned by the {@code PartitionLogVerticle} of the shard that the partition hashes to.
 */
@NullMarked
package dev.weir.partition;

import org.jspecify.annotations.NullMarked;
