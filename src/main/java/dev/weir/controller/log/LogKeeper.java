package dev.weir.controller.log;

import dev.weir.metadata.record.MetadataFormatException;
import dev.weir.metadata.record.UnsupportedRecordException;
import dev.weir.quorum.ElectionState;
import dev.weir.quorum.LogBatch;
import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumEvent;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.VoterSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the quorum wants of the disk. Owned by the driver's thread. */
final class LogKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(LogKeeper.class);
    private static final int SNAPSHOTS_KEPT = 2;

    private final ReplicaKey me;
    private final DriverPorts ports;
    private final MetadataLogStore store;
    private final VoterHistory voters;
    private final MarkKeeper mark;
    private final LogSync sync;

    LogKeeper(
            ReplicaKey me,
            DriverPorts ports,
            MetadataLogStore store,
            VoterHistory voters,
            Consumer<QuorumEvent> events,
            Consumer<Exception> failed,
            DriverRules rules)
            throws IOException {
        this.me = me;
        this.ports = ports;
        this.store = store;
        this.voters = voters;
        mark = new MarkKeeper(store.files(), store.files().mark(), ports);
        sync = new LogSync(store, ports, offset -> events.accept(new QuorumEvent.Synced(offset)), failed, rules);
    }

    void persist(ElectionState state) throws IOException {
        store.files().write(state);
    }

    void append(LogBatch batch, ByteBuffer bytes) throws IOException {
        if (batch.content() instanceof LogBatch.Voters next) {
            mark.alone(next.set().isOnly(me));
        }
        store.append(bytes, wall());
        voters.note(batch);
        sync.start();
    }

    void truncateTo(long offset) throws IOException {
        mark.lower(offset);
        store.truncateTo(offset, wall());
        voters.truncateTo(offset);
        sync.start();
    }

    /** Lets time pass. */
    void tick() {
        mark.tick(store.syncedOffset());
    }

    void caughtUp() throws IOException {
        mark.caughtUp();
    }

    /** The voters that count at a snapshot that ends at {@code offset}. */
    VoterSet votersBefore(long offset) {
        return voters.before(offset);
    }

    // ---- snapshots

    void stage(FetchSnapshotResponse chunk) throws IOException {
        RawBytes data = (RawBytes) chunk.data().orElseThrow();
        store.files().stage(SnapshotId.of(chunk.snapshotId()), chunk.position(), data.bytes());
    }

    /**
     * Puts a loaded snapshot in the place of the log. Returns what is in it; nothing if it is damaged.
     *
     * @throws UnsupportedRecordException if it holds a record of a newer metadata version; nothing is changed then
     */
    Optional<SnapshotFile.Content> install(OffsetAndEpoch end) throws IOException {
        SnapshotId id = SnapshotId.of(end);
        Optional<SnapshotFile.Content> content;
        try {
            content = SnapshotFile.decode(store.files().staged(id));
        } catch (UnsupportedRecordException e) {
            throw e;
        } catch (MetadataFormatException e) {
            throw new IOException("the metadata snapshot " + id.fileName() + " cannot be loaded: " + e.getMessage(), e);
        }
        if (content.isEmpty()) {
            LOG.warn("The snapshot {} came damaged and is loaded again", id.fileName());
            store.files().dropStaged(id);
            return content;
        }
        VoterSet set = content.get().voters();
        mark.alone(set.isOnly(me));
        // A crash in between must not look like damage.
        mark.lower(0);
        store.files().install(id);
        store.restartAt(id.endOffset(), wall());
        mark.raise(id.endOffset());
        voters.clear();
        voters.noteSnapshot(id.endOffset(), set);
        LOG.info("The metadata was loaded from the leader's snapshot {}", id.fileName());
        return content;
    }

    /** Gives up what a snapshot that was written makes needless. Returns where the log begins now. */
    long trimBehind(SnapshotId written) {
        try {
            List<SnapshotId> all = store.files().snapshots();
            if (all.size() >= SNAPSHOTS_KEPT) {
                int keptFrom = all.size() - SNAPSHOTS_KEPT;
                long newStart = all.get(keptFrom).endOffset();
                store.trim(newStart, wall());
                voters.forgetBelow(newStart);
                for (SnapshotId old : all.subList(0, keptFrom)) {
                    store.files().deleteSnapshot(old);
                }
            }
        } catch (IOException e) {
            LOG.error("What the metadata snapshot {} makes needless cannot be removed", written.fileName(), e);
        }
        return store.startOffset();
    }

    // ---- the end

    /** Starts nothing any more. Runs {@code whenIdle} as soon as nothing is under way. */
    void end(Runnable whenIdle) {
        sync.end(() -> mark.end(whenIdle));
    }

    /** Closes an orderly stopped log. */
    void close() throws IOException {
        store.close();
        mark.raise(store.endOffset());
    }

    long wall() {
        return ports.wallMs().getAsLong();
    }
}
