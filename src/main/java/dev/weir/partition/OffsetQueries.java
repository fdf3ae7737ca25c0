package dev.weir.partition;

import dev.weir.partition.client.OffsetMessages;
import dev.weir.storage.EpochEndOffset;
import dev.weir.storage.TimestampOffset;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Questions about offsets: by time and by epoch. Owned by the shard. */
final class OffsetQueries {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetQueries.class);

    private final ShardState shard;
    private final Followers followers;

    OffsetQueries(ShardState shard) {
        this.shard = shard;
        this.followers = new Followers(shard);
    }

    List<OffsetMessages.OffsetAnswer> listOffsets(OffsetMessages.ListOffsets request) {
        return request.entries().stream().map(entry -> list(entry, request)).toList();
    }

    List<OffsetMessages.EpochAnswer> endOffsets(OffsetMessages.EpochEnds request) {
        return request.entries().stream().map(this::endOffset).toList();
    }

    private OffsetMessages.OffsetAnswer list(OffsetMessages.OffsetEntry entry, OffsetMessages.ListOffsets request) {
        Partition partition = shard.find(entry.key());
        if (partition == null) {
            return OffsetMessages.OffsetAnswer.failed(shard.errorForMissing(entry.key()));
        }
        Errors error = partition.checkLeader(entry.currentLeaderEpoch());
        boolean isFollower = request.replicaId() >= 0;
        if (error == Errors.NONE && isFollower) {
            error = followers.checkUnnamed(partition, request.replicaId(), entry.currentLeaderEpoch());
        }
        if (error != Errors.NONE) {
            return OffsetMessages.OffsetAnswer.failed(error);
        }
        try {
            long end = isFollower ? partition.log.logEndOffset() : partition.consumerEnd(request.readCommitted());
            return list(partition, entry.timestamp(), end, isFollower || partition.knowsLatest());
        } catch (IOException e) {
            LOG.error("Cannot search {} by time", partition.name(), e);
            return OffsetMessages.OffsetAnswer.failed(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    /**
     * @param latest whether {@code end} is not below what an earlier leader may have told: a new leader that does not know that
     *     names no end, and finds nothing there (KIP-207)
     */
    private static OffsetMessages.OffsetAnswer list(Partition partition, long timestamp, long end, boolean latest)
            throws IOException {
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return !latest
                    ? OffsetMessages.OffsetAnswer.failed(Errors.OFFSET_NOT_AVAILABLE)
                    : new OffsetMessages.OffsetAnswer(Errors.NONE, -1, end, partition.leaderEpoch());
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            long start = partition.log.logStartOffset();
            int epoch = partition.log.epochForOffset(start).orElse(-1);
            return new OffsetMessages.OffsetAnswer(Errors.NONE, -1, start, epoch);
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP) {
            return new OffsetMessages.OffsetAnswer(Errors.NONE, -1, -1, -1);
        }
        if (timestamp < ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP) {
            return OffsetMessages.OffsetAnswer.failed(Errors.UNSUPPORTED_VERSION);
        }
        Optional<TimestampOffset> found = timestamp == ListOffsetsRequest.MAX_TIMESTAMP
                ? partition.log.offsetOfMaxTimestamp()
                : partition.log.offsetForTimestamp(timestamp);
        return found.filter(f -> f.offset() < end)
                .map(f -> new OffsetMessages.OffsetAnswer(Errors.NONE, f.timestamp(), f.offset(), f.leaderEpoch()))
                .orElseGet(() -> latest
                        ? new OffsetMessages.OffsetAnswer(Errors.NONE, -1, -1, -1)
                        : OffsetMessages.OffsetAnswer.failed(Errors.OFFSET_NOT_AVAILABLE));
    }

    private OffsetMessages.EpochAnswer endOffset(OffsetMessages.EpochEntry entry) {
        Partition partition = shard.find(entry.key());
        Errors error = partition == null
                ? shard.errorForMissing(entry.key())
                : partition.checkLeader(entry.currentLeaderEpoch());
        if (partition == null || error != Errors.NONE) {
            return new OffsetMessages.EpochAnswer(error, -1, -1);
        }
        EpochEndOffset end = partition.log.endOffsetForEpoch(entry.leaderEpoch());
        return new OffsetMessages.EpochAnswer(Errors.NONE, end.leaderEpoch(), end.endOffset());
    }
}
