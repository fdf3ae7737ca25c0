package dev.weir.partition;

import dev.weir.partition.PendingAppend.Ack;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Entry;
import dev.weir.partition.client.AppendRequest.Origin;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.AppendResult.RecordError;
import dev.weir.storage.batch.AppendContext;
import dev.weir.storage.batch.AppendOrigin;
import dev.weir.storage.batch.AppendVerdict;
import dev.weir.storage.batch.RecordValidator;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.producer.ProducerCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends: everything that has arrived is validated and staged, then each log is written once. Owned by the shard. What is
 * staged is bounded by {@value #MAX_STAGED_BYTES} bytes before a log is written at once.
 */
final class AppendPath {
    private static final Logger LOG = LoggerFactory.getLogger(AppendPath.class);
    private static final int MAX_STAGED_BYTES = 4 << 20;
    private static final short ZSTD_SINCE = 7;

    private final ShardState shard;
    private final RecordValidator validator = new RecordValidator();
    private final Set<Partition> staged = new LinkedHashSet<>();
    /** Requests with something staged, whose senders wait to hear that it is written. */
    private final ArrayDeque<PendingAppend> unwritten = new ArrayDeque<>();

    AppendPath(ShardState shard) {
        this.shard = shard;
    }

    /** Stages a request; it is answered after {@link #writeStaged}, or at once where nothing is to be waited for. */
    void append(AppendRequest request, long nowMs, Consumer<List<AppendResult>> answer) {
        PendingAppend pending = new PendingAppend(request.entries().size(), request.written(), answer);
        // Before anything is staged: from then on nothing may fail the request as a whole.
        if (request.acks() == -1) {
            long deadlineMs = nowMs + Math.max(0, request.timeoutMs());
            pending.expireAt(deadlineMs, shard.deadlines(), () -> writeStaged(deadlineMs));
        }
        unwritten.addLast(pending);
        for (int i = 0; i < request.entries().size(); i++) {
            try {
                stage(request, i, pending, nowMs);
            } catch (Throwable e) {
                // The other entries may be staged from the request's buffer already.
                pending.settle(i, AppendResult.failed(Errors.UNKNOWN_SERVER_ERROR, null), shard.deadlines());
                LOG.error("Cannot append to {}", request.entries().get(i).key(), e);
                giveUpWhatIsInDoubt(request.entries().get(i), nowMs);
            }
        }
        if (!pending.isStaged()) {
            unwritten.removeLastOccurrence(pending);
            pending.written();
        }
    }

    /** What was staged and could not be taken back must not be written, nor anything behind it. */
    private void giveUpWhatIsInDoubt(Entry entry, long nowMs) {
        Partition partition = shard.find(entry.key());
        if (partition != null) {
            shard.giveUpWhereItMust(partition, nowMs);
        }
    }

    /** Whether {@link #writeStaged} has something to do. */
    boolean hasStaged() {
        return !staged.isEmpty();
    }

    /** One write for each log that has something staged. Whatever goes wrong with one of them, the others are written. */
    void writeStaged(long nowMs) {
        boolean nothingStaged = true;
        while (!staged.isEmpty()) {
            Partition partition = staged.iterator().next();
            try {
                write(partition, nowMs);
            } catch (Throwable e) {
                giveUp(partition, e, nowMs);
            } finally {
                staged.remove(partition);
            }
            nothingStaged &= partition.log.stagedBytes() == 0;
        }
        unwritten.removeIf(PendingAppend::isDone);
        // A buffer must not be given back while any log has it staged.
        while (nothingStaged && !unwritten.isEmpty()) {
            tellWritten(unwritten.removeFirst());
        }
    }

    private static void tellWritten(PendingAppend append) {
        try {
            append.written();
        } catch (RuntimeException | Error e) {
            LOG.error("The sender of an append was not told that it is written", e);
        }
    }

    /** Only opening the log again tells what is in it; that something is staged for it must not outlive the answers. */
    private void giveUp(Partition partition, Throwable cause, long nowMs) {
        try {
            partition.log.forgetStaged();
            shard.giveUp(partition, "a write to the log was broken off", nowMs);
            LOG.error("A write to {} was broken off", partition.name(), cause);
        } catch (Throwable e) {
            LOG.error("{} cannot be given up after a write was broken off", partition.name(), e);
        }
    }

    private void stage(AppendRequest request, int index, PendingAppend pending, long nowMs) {
        Entry entry = request.entries().get(index);
        Partition partition = shard.find(entry.key());
        AppendResult refused = refusal(partition, request, entry);
        if (refused != null || partition == null) {
            if (partition != null) {
                partition.counters.refused();
            }
            pending.settle(
                    index,
                    refused != null ? refused : AppendResult.failed(Errors.NOT_LEADER_OR_FOLLOWER, null),
                    shard.deadlines());
            return;
        }
        AppendVerdict verdict = validator.validate(entry.records(), context(partition, request, nowMs));
        if (verdict instanceof AppendVerdict.Rejected rejected) {
            partition.counters.refused();
            pending.settle(index, rejected(rejected, partition), shard.deadlines());
            return;
        }
        AppendVerdict.Accepted accepted = (AppendVerdict.Accepted) verdict;
        ProducerCheck known = partition.producers.check(
                accepted,
                request.origin() == Origin.CLIENT ? AppendOrigin.CLIENT : AppendOrigin.COORDINATOR,
                request.origin() == Origin.COORDINATOR_V2);
        if (known instanceof ProducerCheck.Rejected fenced) {
            partition.counters.refused();
            pending.settle(index, AppendResult.failed(fenced.error(), fenced.message()), shard.deadlines());
        } else if (known instanceof ProducerCheck.Duplicate duplicate) {
            acknowledge(
                    partition,
                    request,
                    index,
                    pending,
                    duplicate.baseOffset(),
                    duplicate.lastOffset(),
                    accepted.logAppendTimeMs() < 0 ? -1 : duplicate.timestamp());
            partition.progress();
        } else {
            int bytes = accepted.bytes().remaining();
            Ack ack = acknowledge(
                    partition,
                    request,
                    index,
                    pending,
                    accepted.baseOffset(),
                    accepted.lastOffset(),
                    accepted.logAppendTimeMs());
            try {
                staged.add(partition);
                pending.staged();
                partition.log.stage(accepted.bytes(), partition.leaderEpoch(), nowMs);
            } catch (UncheckedIOException e) {
                partition.acks.takeBack(ack);
                pending.settle(index, unreadable(partition, e), shard.deadlines());
                return;
            } catch (Throwable e) {
                partition.acks.takeBack(ack);
                throw e;
            }
            partition.counters.appended(bytes, accepted.recordCount());
            if (partition.log.stagedBytes() > MAX_STAGED_BYTES) {
                writeAtOnce(partition, nowMs);
            }
        }
    }

    private @Nullable AppendResult refusal(@Nullable Partition partition, AppendRequest request, Entry entry) {
        if (partition == null) {
            return AppendResult.failed(shard.errorForMissing(entry.key()), null);
        }
        Errors error = partition.checkLeader(entry.leaderEpoch());
        if (error != Errors.NONE) {
            return AppendResult.failed(error, null);
        }
        if (shard.awaitsCheckpoint(entry.key())) {
            // It was cut as a follower, a moment ago: the client tries again.
            return AppendResult.failed(Errors.NOT_LEADER_OR_FOLLOWER, null);
        }
        if (!shard.isWritable(partition.logDir)) {
            return AppendResult.failed(
                    Errors.KAFKA_STORAGE_ERROR, "log directory is read-only: " + shard.whyReadOnly(partition.logDir));
        }
        if (request.acks() == -1 && !partition.enoughReplicas()) {
            return AppendResult.failed(Errors.NOT_ENOUGH_REPLICAS, null);
        }
        return null;
    }

    private static AppendContext context(Partition partition, AppendRequest request, long nowMs) {
        boolean client = request.origin() == Origin.CLIENT;
        return new AppendContext(
                partition.config(),
                client ? AppendOrigin.CLIENT : AppendOrigin.COORDINATOR,
                partition.log.nextOffset(),
                partition.leaderEpoch(),
                nowMs,
                request.produceVersion() >= ZSTD_SINCE,
                !client);
    }

    private Ack acknowledge(
            Partition partition,
            AppendRequest request,
            int index,
            PendingAppend pending,
            long baseOffset,
            long lastOffset,
            long logAppendTimeMs) {
        AppendResult result = new AppendResult(
                Errors.NONE,
                baseOffset,
                lastOffset + 1,
                logAppendTimeMs,
                partition.log.logStartOffset(),
                null,
                List.of(),
                true);
        Ack ack = new Ack(pending, index, result, lastOffset + 1, request.acks() == -1, partition.leaderEpoch());
        partition.acks.add(ack);
        return ack;
    }

    private static AppendResult rejected(AppendVerdict.Rejected rejected, Partition partition) {
        return new AppendResult(
                rejected.error(),
                -1,
                -1,
                -1,
                rejected.error() == Errors.INVALID_RECORD ? partition.log.logStartOffset() : -1,
                rejected.message(),
                rejected.recordErrors().stream()
                        .map(e -> new RecordError(e.batchIndex(), e.batchIndexErrorMessage()))
                        .toList(),
                false);
    }

    private AppendResult unreadable(Partition partition, UncheckedIOException e) {
        LOG.error("Cannot append to {}", partition.name(), e);
        shard.writeFailed(
                partition.logDir, new LogIoException("cannot append to " + partition.name(), new IOException(e)));
        return AppendResult.failed(Errors.KAFKA_STORAGE_ERROR, String.valueOf(e.getMessage()));
    }

    private void writeAtOnce(Partition partition, long nowMs) {
        try {
            write(partition, nowMs);
        } catch (Throwable e) {
            giveUp(partition, e, nowMs);
        }
    }

    private void write(Partition partition, long nowMs) {
        if (partition.isEnded()) {
            return;
        }
        try {
            partition.write(nowMs);
        } catch (LogIoException e) {
            LOG.error("Cannot write to {}: {}", partition.name(), e.getMessage());
            shard.writeFailed(partition, e, nowMs);
        }
        shard.afterProgress(partition, nowMs);
    }
}
