package dev.weir.replica;

import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.PartitionKey;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** One partition in one leader epoch and one log directory, as its fetcher knows it. Owned by its {@link ReplicaFetcher}. */
final class FollowedPartition {
    /** What happens next. */
    enum Stage {
        /** Its position is to be asked for, at {@link #retryAtMs} at the earliest. */
        WAITING,
        /** The shard has been asked for its position. */
        LOCATING,
        /** It is fetched. */
        FETCHING,
        /** The shard does what the leader has answered; nothing is fetched meanwhile. */
        APPENDING
    }

    final PartitionKey key;
    /** For people. */
    final TopicPartition name;

    final int leaderEpoch;
    /** Where the metadata says that this broker has its log. */
    final Uuid directory;

    Stage stage = Stage.WAITING;

    @Nullable
    Position position;
    /** Errors since something was appended. */
    int failures;

    long retryAtMs;
    /** The fetch in which its position was sent first; -1 until then. An answer to an earlier one is not for it. */
    int sentIn = -1;
    /** The fetch beside that one in which its position was sent last; -1 for none. */
    int sideSentIn = -1;
    /** Records of the leader that were committed and not here, as of the last answer. */
    long lag;
    /** Bytes that the shard appends now. */
    int appendingBytes;
    /** The high watermark that the leader has told last. */
    long leaderHighWatermark = -1;

    FollowedPartition(PartitionKey key, TopicPartition name, int leaderEpoch, Uuid directory) {
        this.key = key;
        this.name = name;
        this.leaderEpoch = leaderEpoch;
        this.directory = directory;
    }

    /** The shard has told where the log stands. */
    void standsAt(Position now) {
        position = now;
        stage = Stage.FETCHING;
        lag = Math.max(0, leaderHighWatermark - now.place().offset());
    }
}
