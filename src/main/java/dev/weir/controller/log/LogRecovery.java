package dev.weir.controller.log;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageSnapshot;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.MetadataFormatException;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.UnsupportedRecordException;
import dev.weir.quorum.ElectionState;
import dev.weir.quorum.LogBatch;
import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.RecoveredLog;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a directory holds when a replica starts: its promises, the newest whole snapshot, the log behind it, and
 * whether anything that was synced is missing. Only what is known to be committed is replayed: the snapshot and, if this
 * replica is the only voter, the log.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final MetadataLogStore store;
    private final String clusterId;
    private final ReplicaKey me;
    private final VoterSet configured;
    private final DriverRules rules;
    private final VoterHistory voters = new VoterHistory();
    private final Map<Integer, Long> epochStarts = new TreeMap<>();

    LogRecovery(MetadataLogStore store, String clusterId, ReplicaKey me, VoterSet configured, DriverRules rules) {
        this.rules = rules;
        this.store = store;
        this.clusterId = clusterId;
        this.me = me;
        this.configured = configured;
    }

    /**
     * What was found.
     *
     * @param state the promises; empty if the directory is new
     * @param log as the core is to know it
     * @param voters the sets in the log
     * @param configured the voters that count until the log names others
     * @param image of everything below {@code imageEnd}, which is committed
     * @param imageEnd the end of the image
     * @param bytesSinceSnapshot of the log behind the snapshot
     */
    record Found(
            Optional<ElectionState> state,
            RecoveredLog log,
            VoterHistory voters,
            VoterSet configured,
            ClusterImage image,
            long imageEnd,
            long bytesSinceSnapshot) {}

    /** @param nowMs wall clock */
    Found run(long nowMs) throws IOException, MetadataLogException {
        Optional<ElectionState> state = store.files().electionState();
        ClusterImage image = newestSnapshot();
        OffsetAndEpoch snapshot = image.position().offset() < 0
                ? OffsetAndEpoch.NONE
                : SnapshotId.of(image.position()).end();
        SyncedMark mark = store.files().mark();
        boolean lost = missesRecords(mark);
        if (lost) {
            // Before the log is touched, and before anybody is told.
            store.files().write(new SyncedMark(0, true, mark.alone()));
        }
        joinTo(snapshot, lost, mark, nowMs);
        noteOlderSnapshots(snapshot);
        long bytesSinceSnapshot =
                scan(snapshot.offset(), state.map(ElectionState::epoch).orElse(Integer.MAX_VALUE));
        VoterSet base = state.map(s -> namedBy(s)).orElse(configured);
        VoterSet named = voters.before(store.endOffset());
        boolean alone = (named.size() > 0 ? named : base).isOnly(me);
        if (lost && alone) {
            endLoss(mark);
        } else if (!lost) {
            raise(mark, alone);
        }
        long imageEnd = snapshot.offset();
        if (rules.isCommitted(alone)) {
            image = replay(image);
            imageEnd = store.endOffset();
        }
        RecoveredLog log =
                new RecoveredLog(store.startOffset(), store.endOffset(), snapshot, epochStarts, voters.all(), lost);
        return new Found(state, log, voters, base, image, imageEnd, bytesSinceSnapshot);
    }

    /** Older files name the voters; they count before the configured ones. */
    private VoterSet namedBy(ElectionState state) {
        if (state.voters().isEmpty()) {
            return configured;
        }
        return VoterSet.of(state.voters().stream()
                .map(id -> configured.voter(id).orElse(new Voter(ReplicaKey.of(id), List.of())))
                .toList());
    }

    private ClusterImage newestSnapshot() throws IOException, MetadataLogException {
        List<SnapshotId> newestFirst = new ArrayList<>(store.files().snapshots());
        Collections.reverse(newestFirst);
        for (SnapshotId id : newestFirst) {
            Optional<SnapshotFile.Content> content = content(id);
            if (content.isPresent()) {
                voters.noteSnapshot(id.endOffset(), content.get().voters());
                return ImageSnapshot.fromRecords(clusterId, content.get().records(), id.position());
            }
            LOG.error("The metadata snapshot {} is damaged and skipped", id.fileName());
        }
        return ClusterImage.empty(clusterId);
    }

    private Optional<SnapshotFile.Content> content(SnapshotId id) throws IOException, MetadataLogException {
        try {
            return SnapshotFile.decode(store.files().readSnapshot(id));
        } catch (UnsupportedRecordException e) {
            throw new MetadataLogException(
                    "the metadata snapshot " + id.fileName() + " cannot be loaded: " + e.getMessage());
        }
    }

    /** The log must go on behind the snapshot; one that doesn't is of before the snapshot was installed. */
    private void joinTo(OffsetAndEpoch snapshot, boolean lost, SyncedMark mark, long nowMs)
            throws IOException, MetadataLogException {
        long next = snapshot.offset();
        boolean ends = store.endOffset() < next;
        boolean parts = store.startOffset() < next && !ends && store.epochOf(next - 1) != snapshot.epoch();
        if (parts && mark.offset() > next) {
            // The snapshot was not loaded in place of this log: before that, the mark is lowered.
            throw damaged(next - 1);
        }
        if ((ends || parts) && rules.joinsLogToSnapshot()) {
            LOG.warn(
                    "The metadata log ends at {}, and {} its snapshot at {}; it goes on there",
                    store.endOffset(),
                    ends ? "before" : "contradicts",
                    next);
            // A crash in between must not look like damage.
            store.files().write(new SyncedMark(0, lost, mark.alone()));
            store.restartAt(next, nowMs);
        }
        if (store.startOffset() > next) {
            throw new MetadataLogException("the metadata log starts at " + store.startOffset()
                    + " and no usable snapshot reaches that far; the newest ends at " + next);
        }
    }

    /** The epoch of the record before the log's start is in the name of the snapshot that ends there. */
    private void noteOlderSnapshots(OffsetAndEpoch newest) throws IOException {
        for (SnapshotId id : store.files().snapshots()) {
            if (id.endOffset() >= store.startOffset() && id.endOffset() <= newest.offset()) {
                epochStarts.merge(id.epoch(), id.endOffset() - 1, Math::min);
            }
        }
    }

    /**
     * Reads every batch. Its epoch is not under its checksum, but each epoch begins with the record of its leader, and was
     * promised before.
     */
    private long scan(long snapshotEnd, int promisedEpoch) throws IOException, MetadataLogException {
        long[] bytes = {0};
        int[] epoch = {-1};
        long[] strange = {-1};
        new LogWalk(store).from(store.startOffset(), batch -> {
            boolean begins = batch.batch().content() instanceof LogBatch.LeaderChange
                    && batch.batch().epoch() > epoch[0];
            boolean goesOn = batch.batch().epoch() == epoch[0] || epoch[0] < 0;
            if (strange[0] < 0 && (!(begins || goesOn) || batch.batch().epoch() > promisedEpoch)) {
                strange[0] = batch.batch().baseOffset();
            }
            epoch[0] = batch.batch().epoch();
            epochStarts.merge(batch.batch().epoch(), batch.batch().baseOffset(), Math::min);
            voters.note(batch.batch());
            if (batch.batch().baseOffset() >= snapshotEnd) {
                bytes[0] += batch.bytes().remaining();
            }
        });
        if (strange[0] >= 0) {
            throw damaged(strange[0]);
        }
        return bytes[0];
    }

    private static MetadataLogException damaged(long offset) {
        return new MetadataLogException(
                "the metadata log is damaged at offset " + offset + ": its epoch cannot be right."
                        + " One of several voters is started again with an empty directory, and added as a new voter");
    }

    private ClusterImage replay(ClusterImage snapshot) throws IOException, MetadataLogException {
        ClusterImage[] image = {snapshot};
        try {
            new LogWalk(store).from(snapshot.position().offset() + 1, batch -> {
                for (MetadataRecord record : batch.records()) {
                    image[0] = image[0].apply(record);
                }
                image[0] = image[0].at(new LogPosition(
                        batch.batch().endOffset() - 1, batch.batch().epoch()));
            });
        } catch (KafkaException | MetadataFormatException | IllegalStateException e) {
            throw new MetadataLogException("the metadata log cannot be replayed after offset "
                    + image[0].position().offset() + ": " + e.getMessage());
        }
        return image[0];
    }

    /**
     * Returns whether this replica has lost what it had synced. Whatever followed the damage is gone as well, so that a snapshot
     * above the mark makes nothing good.
     */
    private boolean missesRecords(SyncedMark mark) {
        long end = store.endOffset();
        boolean missed = end < mark.offset() && rules.missesLostRecords();
        if (missed) {
            LOG.error(
                    "The metadata log ends at {}, but had been synced up to {}: records are lost by damage",
                    end,
                    mark.offset());
        }
        return mark.lost() || missed;
    }

    /** Whatever was found is synced by now. */
    private void raise(SyncedMark mark, boolean alone) throws IOException {
        SyncedMark raised = new SyncedMark(Math.max(mark.offset(), store.endOffset()), false, alone);
        if (!store.files().hasMark() || !raised.equals(store.files().mark())) {
            store.files().write(raised);
        }
    }

    /** One voter alone has nobody to catch up from. */
    private void endLoss(SyncedMark mark) throws IOException, MetadataLogException {
        if (!mark.alone()) {
            throw new MetadataLogException("the metadata log in this directory is damaged, and with it is lost who the"
                    + " other voters are: move the directory away, and start this broker with an empty one");
        }
        store.files().write(new SyncedMark(store.endOffset(), false, true));
    }
}
