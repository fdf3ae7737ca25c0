package dev.weir.partition;

import dev.weir.metadata.BrokerImage;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * The rule of who may read as a follower: an assigned replica other than this broker, of the incarnation that is registered
 * (KIP-903). Everybody else is bounded as a consumer is. Owned by the shard.
 */
final class Followers {
    /** Sent by requests that name no broker epoch. */
    static final long NO_BROKER_EPOCH = -1;

    private final ShardState shard;

    Followers(ShardState shard) {
        this.shard = shard;
    }

    /** As {@link #check}, of a request that cannot name a broker epoch: ListOffsets has no field for it. */
    Errors checkUnnamed(Partition partition, int replicaId, int leaderEpoch) {
        long registered =
                shard.image().broker(replicaId).map(BrokerImage::epoch).orElse(NO_BROKER_EPOCH);
        return check(partition, replicaId, registered, leaderEpoch);
    }

    /**
     * NONE, or the error that makes the follower try again, as Kafka has it: a former incarnation is told NOT_LEADER_OR_FOLLOWER;
     * one that may only be unknown here yet UNKNOWN_LEADER_EPOCH, if its request can name a leader epoch.
     *
     * @param brokerEpoch as the follower names it; with {@link #NO_BROKER_EPOCH} it is none
     * @param leaderEpoch as the follower names it, or -1
     */
    Errors check(Partition partition, int replicaId, long brokerEpoch, int leaderEpoch) {
        Optional<BrokerImage> broker = shard.image().broker(replicaId);
        boolean registered = broker.filter(b -> b.epoch() == brokerEpoch).isPresent();
        if (registered && partition.hasFollower(replicaId)) {
            return Errors.NONE;
        }
        boolean former = brokerEpoch != NO_BROKER_EPOCH
                && broker.filter(b -> b.epoch() > brokerEpoch).isPresent();
        return former || leaderEpoch < 0 ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.UNKNOWN_LEADER_EPOCH;
    }
}
