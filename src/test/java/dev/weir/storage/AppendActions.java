package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.AppendContext;
import dev.weir.storage.batch.AppendOrigin;
import dev.weir.storage.batch.AppendVerdict.Accepted;
import dev.weir.storage.batch.RecordValidator;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.producer.ProducerCheck;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** What a simulation does at the end of the log: appends, failing appends, syncs. */
final class AppendActions {
    private static final int ROOM = 64 * 1024;

    private final SimulatedLog sim;
    private final RandomBatches batches;
    private final List<ByteBuffer> leftStaged = new ArrayList<>();

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

    /** A write breaks off in a way that says nothing of the disk; the memory of what was staged goes back to its owner. */
    void brokenWrite() throws Exception {
        sim.note("broken write");
        List<ByteBuffer> buffers = stageRandom();
        boolean lasting = sim.random.nextBoolean();
        int[] left = {sim.random.nextInt(5)};
        sim.memory.onOperation((operation, path) -> {
            int ahead = left[0]--;
            if (ahead == 0 || (lasting && ahead < 0)) {
                throw new BreakingProducers.Broken();
            }
        });
        boolean broken = false;
        try {
            sim.log.write();
        } catch (BreakingProducers.Broken e) {
            broken = true;
        } finally {
            sim.memory.onOperation((operation, path) -> {});
        }
        assertThat(sim.log.isInDoubt()).isEqualTo(broken);
        buffers.forEach(b -> sim.model.append(b, sim.epoch));
        if (broken && sim.mistake.leavesStaged()) {
            left(buffers);
        }
        buffers.forEach(this::recycle);
    }

    /** A request breaks off while it is staged; those staged before it are written, and nothing of it is. */
    void brokenStaging() throws Exception {
        sim.note("broken staging");
        ProducerStateManager ahead = ahead();
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int i = sim.random.nextInt(3); i > 0; i--) {
            ByteBuffer request = request(ahead);
            sim.log.stage(request, sim.epoch, sim.nowMs);
            buffers.add(request);
        }
        ByteBuffer last = request(ahead);
        sim.staging.breakAt(sim.random.nextInt(2), sim.random.nextBoolean());
        try {
            stage(last);
            buffers.add(last);
        } catch (BreakingProducers.Broken e) {
            recycle(last);
        } finally {
            sim.staging.heal();
        }
        try {
            sim.log.write();
        } finally {
            buffers.forEach(b -> sim.model.append(b, sim.epoch));
        }
    }

    /** The followers have more of it. */
    void replicate() {
        long lowest = Math.max(sim.replicated, sim.log.logStartOffset());
        sim.replicated = lowest + sim.random.nextInt((int) (sim.log.logEndOffset() - lowest) + 1);
        sim.note("replicated " + sim.replicated);
        sim.tellReplicated();
    }

    /** A coordinator that is none any more, or of a producer that has gone on, ends a transaction: it must not be heard. */
    void staleMarker() throws Exception {
        Optional<ProducerEntry> known = sim.producers.activeProducers().stream()
                .filter(p -> p.epoch() > 0 || p.coordinatorEpoch() > 0)
                .findFirst();
        if (known.isEmpty()) {
            return;
        }
        ProducerEntry producer = known.get();
        boolean coordinator = producer.epoch() == 0 || (producer.coordinatorEpoch() > 0 && sim.random.nextBoolean());
        sim.note("stale marker of " + (coordinator ? "coordinator" : "producer"));
        MemoryRecords marker = MemoryRecords.withEndTransactionMarker(
                0,
                sim.nowMs,
                -1,
                producer.producerId(),
                (short) (producer.epoch() - (coordinator ? 0 : 1)),
                new EndTransactionMarker(
                        ControlRecordType.COMMIT, Math.max(0, producer.coordinatorEpoch() - (coordinator ? 1 : 0))));
        AppendContext context = new AppendContext(
                sim.config, AppendOrigin.COORDINATOR, sim.log.nextOffset(), sim.epoch, sim.nowMs, true, true);
        Accepted accepted = (Accepted) new RecordValidator().validate(marker.buffer(), context);
        if (sim.mistake.takesAnyMarker()
                || sim.producers.check(accepted, AppendOrigin.COORDINATOR) instanceof ProducerCheck.Ok) {
            sim.log.stage(accepted.bytes(), sim.epoch, sim.nowMs);
            try {
                sim.log.write();
            } finally {
                sim.model.append(accepted.bytes(), sim.epoch);
            }
        }
    }

    private void stage(ByteBuffer request) {
        List<Integer> ends = new ArrayList<>();
        if (sim.mistake.stagesInParts()) {
            ends.addAll(TestLogs.positions(request.duplicate()));
            ends.remove(0);
        }
        ends.add(request.limit());
        int from = 0;
        for (int end : ends) {
            sim.log.stage(request.duplicate().position(from).limit(end), sim.epoch, sim.nowMs);
            from = end;
        }
    }

    private void left(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            ByteBuffer copy = ByteBuffer.allocate(buffer.remaining());
            leftStaged.add(copy.put(buffer.duplicate()).flip());
        }
    }

    /** Stages again what a planted mistake has left staged, in memory that belongs to somebody else by now. */
    void leaveStaged() {
        for (ByteBuffer buffer : leftStaged) {
            sim.log.stage(buffer, -1, sim.nowMs);
            recycle(buffer);
        }
        leftStaged.clear();
    }

    private void recycle(ByteBuffer buffer) {
        byte[] noise = new byte[buffer.limit()];
        sim.random.nextBytes(noise);
        buffer.put(0, noise);
    }

    private List<ByteBuffer> stageRandom() {
        if (sim.random.nextInt(8) == 0) {
            sim.epoch += 1 + sim.random.nextInt(2);
            beginEpoch();
        }
        List<ByteBuffer> buffers = new ArrayList<>();
        ProducerStateManager ahead = ahead();
        int count = 1 + sim.random.nextInt(4);
        for (int i = 0; i < count; i++) {
            ByteBuffer buffer = request(ahead);
            sim.log.stage(buffer, sim.epoch, sim.nowMs);
            buffers.add(buffer);
        }
        return buffers;
    }

    private ProducerStateManager ahead() {
        ProducerStateManager ahead = new ProducerStateManager();
        ahead.load(sim.model.producerSnapshot());
        return ahead;
    }

    private ByteBuffer request(ProducerStateManager ahead) {
        ByteBuffer buffer = ByteBuffer.allocate(ROOM);
        long next = sim.log.nextOffset();
        for (int j = sim.random.nextInt(3); j >= 0; j--) {
            MemoryRecords batch = batches.next(next, sim.nowMs, ahead);
            ahead.onAppend(batch.batches().iterator().next());
            next = batch.batches().iterator().next().nextOffset();
            buffer.put(batch.buffer().duplicate());
        }
        return buffer.flip();
    }
}
