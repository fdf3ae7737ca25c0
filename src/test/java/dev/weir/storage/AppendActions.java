package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.file.LogIoException;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** What a simulation does at the end of the log: appends, failing appends, syncs. */
final class AppendActions {
    private static final int ROOM = 64 * 1024;

    private final SimulatedLog sim;
    private final RandomBatches batches;

    AppendActions(SimulatedLog sim) {
        this.sim = sim;
        this.batches = new RandomBatches(sim.random);
    }

    void append() throws Exception {
        List<ByteBuffer> buffers = stageRandom();
        sim.note("append " + buffers.size());
        int stampedEpoch = sim.epoch;
        try {
            sim.log.write();
        } finally {
            // What a power failure leaves of it may be any whole part.
            buffers.forEach(b -> sim.model.append(b, stampedEpoch));
        }
    }

    /** The disk is full or fails; what was staged and not written must leave no trace. */
    void failingAppend() throws Exception {
        sim.note("failing append");
        boolean full = sim.random.nextBoolean();
        int[] left = {sim.random.nextInt(4)};
        if (full) {
            sim.memory.setCapacity(sim.memory.usedBytes() + sim.random.nextInt(600));
        }
        sim.memory.onOperation((operation, path) -> {
            if (!full && left[0]-- <= 0) {
                throw new IOException("Input/output error");
            }
        });
        List<ByteBuffer> buffers = stageRandom();
        long end = sim.log.nextOffset();
        boolean failed = false;
        try {
            sim.log.write();
        } catch (LogIoException e) {
            failed = true;
        } finally {
            sim.memory.setCapacity(Long.MAX_VALUE);
            sim.memory.onOperation((operation, path) -> {});
        }
        assertThat(failed || sim.log.logEndOffset() == end).isTrue();
        buffers.forEach(b -> sim.model.append(b, sim.epoch));
        assertThat(sim.model.endsBatchAt(sim.log.logEndOffset())).isTrue();
        sim.model.truncateTo(sim.log.logEndOffset());
        if (!sim.log.hasFailedSync()) {
            // Until the disk works again, what it would not take back may still be there after a crash.
            sim.log.flush();
            sim.promised = Math.max(sim.promised, sim.log.recoveryPoint());
        }
    }

    /** A sync fails: nothing it was to make durable may count as durable, whatever later syncs say. */
    void failingSync() throws Exception {
        sim.note("failing sync");
        long before = sim.log.recoveryPoint();
        SyncTask task = sim.log.beginSync();
        int[] left = {sim.random.nextInt(3)};
        sim.memory.onOperation((operation, path) -> {
            if (left[0]-- <= 0) {
                throw new IOException("Input/output error");
            }
        });
        try {
            task.run();
        } catch (IOException e) {
            sim.note("failed");
        } finally {
            sim.memory.onOperation((operation, path) -> {});
        }
        sim.promised = Math.max(sim.promised, sim.log.completeSync(task));
        assertThat(!sim.log.hasFailedSync() || sim.log.recoveryPoint() == before)
                .isTrue();
    }

    void sync() throws Exception {
        sim.note("sync");
        SyncTask task = sim.log.beginSync();
        if (sim.random.nextInt(3) == 0) {
            append();
        }
        task.run();
        sim.promised = Math.max(sim.promised, sim.log.completeSync(task));
        assertThat(sim.log.recoveryPoint())
                .isGreaterThanOrEqualTo(Math.min(task.targetOffset(), sim.log.logEndOffset()));
    }

    /** A leader begins every epoch before it writes; a follower learns of some from their first batch. */
    private void beginEpoch() {
        if (sim.epoch % 2 != 0) {
            return;
        }
        try {
            sim.log.beginEpoch(sim.epoch);
            assertThat(sim.log.endOffsetForEpoch(sim.epoch))
                    .isEqualTo(new EpochEndOffset(sim.epoch, sim.log.logEndOffset()));
        } catch (IOException e) {
            sim.note("cannot begin epoch " + sim.epoch);
        }
    }

    private List<ByteBuffer> stageRandom() {
        if (sim.random.nextInt(8) == 0) {
            sim.epoch += 1 + sim.random.nextInt(2);
            beginEpoch();
        }
        List<ByteBuffer> buffers = new ArrayList<>();
        ProducerStateManager ahead = new ProducerStateManager();
        ahead.load(sim.model.producerSnapshot());
        int count = 1 + sim.random.nextInt(4);
        for (int i = 0; i < count; i++) {
            ByteBuffer buffer = ByteBuffer.allocate(ROOM);
            long next = sim.log.nextOffset();
            for (int j = sim.random.nextInt(3); j >= 0; j--) {
                MemoryRecords batch = batches.next(next, sim.nowMs, ahead);
                ahead.onAppend(batch.batches().iterator().next());
                next = batch.batches().iterator().next().nextOffset();
                buffer.put(batch.buffer().duplicate());
            }
            sim.log.stage(buffer.flip(), sim.epoch, sim.nowMs);
            buffers.add(buffer);
        }
        return buffers;
    }
}
