package dev.weir.partition;

import dev.weir.partition.client.LogMessages;
import dev.weir.partition.client.LogMessages.Checkpoints;
import dev.weir.partition.client.LogMessages.LogBytes;
import dev.weir.partition.client.LogMessages.LogDescription;
import dev.weir.partition.client.LogMessages.Offsets;
import dev.weir.partition.client.LogMessages.Producers;
import dev.weir.partition.client.ShardStats;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.producer.ProducerEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Questions about whole logs: their bytes, their sizes, their producers, their offsets to checkpoint. Owned by the shard. */
final class LogQueries {
    private static final Logger LOG = LoggerFactory.getLogger(LogQueries.class);

    private final ShardState shard;
    private final LogMoves moves;

    LogQueries(ShardState shard, LogMoves moves) {
        this.shard = shard;
        this.moves = moves;
    }

    LogBytes read(LogMessages.ReadLog request) {
        Partition partition = shard.find(request.key());
        Errors error =
                partition == null ? shard.errorForMissing(request.key()) : partition.checkLeader(request.leaderEpoch());
        if (partition == null || error != Errors.NONE) {
            return LogBytes.failed(error);
        }
        long end = partition.log.logEndOffset();
        if (request.maxBytes() == 0) {
            return new LogBytes(Errors.NONE, ByteBuffer.allocate(0), request.offset(), end, partition.highWatermark());
        }
        if (request.offset() > end) {
            return LogBytes.failed(Errors.OFFSET_OUT_OF_RANGE);
        }
        try {
            long from = Math.max(partition.log.logStartOffset(), request.offset());
            ByteBuffer batches = partition.log.readBatches(from, request.maxBytes());
            return new LogBytes(Errors.NONE, batches, after(batches, from, end), end, partition.highWatermark());
        } catch (IOException e) {
            LOG.error("Cannot read {}", partition.name(), e);
            return LogBytes.failed(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    public List<LogDescription> describe(LogMessages.DescribeLogs request) {
        Collection<Partition> wanted = request.keys().isEmpty()
                ? shard.partitions()
                : request.keys().stream()
                        .map(shard::find)
                        .filter(Objects::nonNull)
                        .toList();
        List<LogDescription> found = new ArrayList<>();
        for (Partition p : wanted) {
            long lag = Math.max(0, p.highWatermark() - p.log.logEndOffset());
            found.add(new LogDescription(p.key, p.name(), p.logDir.id(), p.log.sizeInBytes(), lag, false));
        }
        for (LogMove move : moves.all()) {
            if (request.keys().isEmpty() || request.keys().contains(move.key)) {
                found.add(new LogDescription(
                        move.key,
                        move.future.partition(),
                        move.target.id(),
                        move.future.sizeInBytes(),
                        move.copy.lag(),
                        true));
            }
        }
        for (MoveQueue.Waiting move : moves.waiting()) {
            if (request.keys().isEmpty() || request.keys().contains(move.key)) {
                Partition p = shard.find(move.key);
                long lag = p == null ? 0 : Math.max(0, p.log.logEndOffset() - move.end());
                found.add(new LogDescription(move.key, move.name, move.target.id(), 0, lag, true));
            }
        }
        return found;
    }

    Producers producers(LogMessages.DescribeProducers request) {
        Partition partition = shard.find(request.key());
        Errors error = partition == null ? shard.errorForMissing(request.key()) : partition.checkLeader(-1);
        return partition == null || error != Errors.NONE
                ? new Producers(error, List.of())
                : new Producers(
                        Errors.NONE,
                        partition.producers.activeProducers().stream()
                                .map(LogQueries::describe)
                                .toList());
    }

    ShardStats stats(LogMessages.StatsRequest request) {
        Collection<Partition> partitions = shard.partitions();
        return new ShardStats(
                partitions.size(),
                shard.offlineCount(),
                shard.isrCounts().stats(),
                request.each() ? partitions.stream().map(Partition::stats).toList() : List.of());
    }

    Checkpoints checkpoints(boolean clean) {
        Map<Uuid, Offsets> byDirectory = new HashMap<>();
        for (Partition partition : shard.partitions()) {
            Offsets offsets = byDirectory.computeIfAbsent(partition.logDir.id(), id -> Offsets.empty());
            offsets.recoveryPoints().put(partition.name(), partition.log.recoveryPoint());
            offsets.highWatermarks().put(partition.name(), partition.highWatermark());
            if (partition.cleanedTo() >= 0) {
                offsets.cleaned().put(partition.name(), partition.cleanedTo());
            }
            if (partition.log.logStartOffset() > 0) {
                offsets.logStartOffsets().put(partition.name(), partition.log.logStartOffset());
            }
        }
        shard.offline()
                .values()
                .forEach(offline -> keep(offline.logDir(), offline.name(), offline.known(), byDirectory));
        moves.waiting().forEach(move -> keep(move.target, move.name, move.known, byDirectory));
        moves.all().forEach(move -> keep(move, byDirectory));
        return new Checkpoints(byDirectory, clean && shard.offline().isEmpty());
    }

    /** What the last run knew of a log that is not open must not be forgotten. */
    private static void keep(
            LogDirAtStart logDir, TopicPartition name, KnownOffsets known, Map<Uuid, Offsets> byDirectory) {
        Offsets offsets = byDirectory.computeIfAbsent(logDir.id(), id -> Offsets.empty());
        if (known.logStartOffset() > 0) {
            offsets.logStartOffsets().put(name, known.logStartOffset());
        }
        if (known.recoveryPoint() >= 0) {
            offsets.recoveryPoints().put(name, known.recoveryPoint());
            offsets.highWatermarks().put(name, known.highWatermark());
        }
        if (known.cleaned() >= 0) {
            offsets.cleaned().put(name, known.cleaned());
        }
    }

    /** What must be known of a copy when it becomes the log. */
    private void keep(LogMove move, Map<Uuid, Offsets> byDirectory) {
        Offsets offsets = byDirectory.computeIfAbsent(move.target.id(), id -> Offsets.empty());
        TopicPartition name = move.future.partition();
        Partition partition = shard.find(move.key);
        offsets.recoveryPoints().put(name, move.future.recoveryPoint());
        if (partition != null) {
            offsets.highWatermarks().put(name, partition.highWatermark());
            if (partition.log.logStartOffset() > 0) {
                offsets.logStartOffsets().put(name, partition.log.logStartOffset());
            }
        }
        if (move.cleanedTo >= 0) {
            offsets.cleaned().put(name, move.cleanedTo);
        }
    }

    private static ProducerState describe(ProducerEntry producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.epoch())
                .setLastSequence(producer.lastSequence())
                .setLastTimestamp(producer.lastTimestamp())
                .setCoordinatorEpoch(producer.coordinatorEpoch())
                .setCurrentTxnStartOffset(producer.currentTxnFirstOffset());
    }

    /** The offset after the last of the batches; the end of the log if there are none. */
    private static long after(ByteBuffer batches, long from, long end) {
        long next = batches.hasRemaining() ? from : end;
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            next = batch.nextOffset();
        }
        return next;
    }
}
