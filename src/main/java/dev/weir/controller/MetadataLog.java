package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.ImageSnapshot;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.MetadataRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of the cluster's metadata and the image that its records make. Owned by the controller's thread.
 *
 * <p>What is durable before what: the quorum state before the first record of an epoch; a decision's records before the
 * image shows them; a snapshot before any record or older snapshot that it makes needless goes. The newest snapshot but one
 * stays, with the log behind it, so that one damaged snapshot loses nothing.
 */
public final class MetadataLog {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLog.class);
    private static final int SNAPSHOTS_KEPT = 2;

    private final MetadataLogStore store;
    private final SnapshotPolicy policy;
    private ClusterImage image;
    private int epoch;
    private long bytesSinceSnapshot;
    private long lastSnapshotMs;
    private boolean isNew;

    private MetadataLog(
            MetadataLogStore store, SnapshotPolicy policy, MetadataLoader.LoadResult loaded, int epoch, long nowMs) {
        this.store = store;
        this.policy = policy;
        this.image = loaded.image();
        this.bytesSinceSnapshot = loaded.bytesSinceSnapshot();
        this.epoch = epoch;
        this.lastSnapshotMs = nowMs;
        this.isNew = !loaded.anyRecord();
    }

    /**
     * Loads what is stored.
     *
     * @param clusterId of the cluster
     * @param nowMs wall clock
     * @throws MetadataLogException where it is damaged beyond what a snapshot makes good
     */
    public static MetadataLog open(MetadataLogStore store, String clusterId, SnapshotPolicy policy, long nowMs)
            throws IOException, MetadataLogException {
        Optional<String> stored = store.readQuorumState();
        int knownEpoch = stored.isPresent() ? QuorumState.parse(stored.get()).leaderEpoch() : 0;
        MetadataLoader.LoadResult loaded = new MetadataLoader(store, clusterId).load(nowMs);
        int loggedEpoch = Math.max(store.lastEpoch(), loaded.image().position().epoch());
        return new MetadataLog(store, policy, loaded, Math.max(knownEpoch, loggedEpoch), nowMs);
    }

    /** The image of everything committed. */
    public ClusterImage image() {
        return image;
    }

    /** The controller epoch. */
    public int epoch() {
        return epoch;
    }

    /** The offset of the next record. */
    public long nextOffset() {
        return store.endOffset();
    }

    /** Whether no decision has ever been committed. */
    public boolean isNew() {
        return isNew;
    }

    /** Begins a new controller epoch, led by {@code leader}; needed before the first {@link #commit}. */
    public void beginEpoch(int leader, List<Integer> voters, long nowMs) throws IOException {
        int next = epoch + 1;
        store.writeQuorumState(QuorumState.ledBy(leader, next, voters).toJson());
        epoch = next;
        long offset = store.endOffset();
        store.append(MetadataBatches.leaderChange(offset, epoch, nowMs, leader, voters), nowMs);
        image = image.at(new LogPosition(offset, epoch));
    }

    /**
     * Writes a decision's records and replays them.
     *
     * @param records at least one
     * @return what they changed
     * @throws IOException where they could not be made durable; nothing has changed then
     * @throws IllegalStateException where they do not fit the image; nothing was written then
     */
    public ImageChange commit(List<MetadataRecord> records, long nowMs) throws IOException {
        long offset = store.endOffset();
        ImageChange change = ImageChange.of(image, records, new LogPosition(offset + records.size() - 1, epoch));
        ByteBuffer batch = MetadataBatches.of(offset, epoch, nowMs, records);
        int bytes = batch.remaining();
        store.append(batch, nowMs);
        image = change.after();
        isNew = false;
        bytesSinceSnapshot += bytes;
        return change;
    }

    /** Writes a snapshot where one is due; a failure is logged, and the next attempt comes as late as the next snapshot. */
    public void snapshotIfDue(long nowMs) {
        if (policy.isDue(bytesSinceSnapshot, nowMs - lastSnapshotMs)) {
            bytesSinceSnapshot = 0;
            lastSnapshotMs = nowMs;
            try {
                snapshot(nowMs);
            } catch (IOException e) {
                LOG.error("The metadata snapshot at {} could not be written", image.position(), e);
            }
        }
    }

    private void snapshot(long nowMs) throws IOException {
        SnapshotId id = SnapshotId.of(image.position());
        store.writeSnapshot(id, SnapshotFile.encode(id, ImageSnapshot.toRecords(image), nowMs));
        List<SnapshotId> all = store.snapshots();
        if (all.size() >= SNAPSHOTS_KEPT) {
            int keptFrom = all.size() - SNAPSHOTS_KEPT;
            store.trim(all.get(keptFrom).endOffset(), nowMs);
            for (SnapshotId old : all.subList(0, keptFrom)) {
                store.deleteSnapshot(old);
            }
        }
    }

    /** Ends the use of the log. */
    public void close() throws IOException {
        store.close();
    }
}
