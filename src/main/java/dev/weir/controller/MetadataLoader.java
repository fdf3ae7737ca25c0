package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageSnapshot;
import dev.weir.metadata.record.MetadataFormatException;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.UnsupportedRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the image out of what is stored: the newest snapshot that is whole, then the log behind it. */
final class MetadataLoader {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLoader.class);
    private static final int READ_BYTES = 1024 * 1024;

    private final MetadataLogStore store;
    private final String clusterId;

    MetadataLoader(MetadataLogStore store, String clusterId) {
        this.store = store;
        this.clusterId = clusterId;
    }

    /**
     * What was loaded.
     *
     * @param image at the end of the log
     * @param bytesSinceSnapshot of the log that were replayed
     * @param anyRecord whether any decision was found, in a snapshot or in the log
     */
    record LoadResult(ClusterImage image, long bytesSinceSnapshot, boolean anyRecord) {}

    /** @param nowMs wall clock */
    LoadResult load(long nowMs) throws IOException, MetadataLogException {
        ClusterImage image = newestSnapshot();
        long next = image.position().offset() + 1;
        if (store.endOffset() < next) {
            LOG.warn(
                    "The metadata log ends at {}, before its snapshot at {}; it goes on there",
                    store.endOffset(),
                    next);
            store.restartAt(next, nowMs);
        }
        if (store.startOffset() > next) {
            throw new MetadataLogException("the metadata log starts at " + store.startOffset()
                    + " and no usable snapshot reaches that far; the newest ends at " + next);
        }
        return replay(image);
    }

    private ClusterImage newestSnapshot() throws IOException, MetadataLogException {
        List<SnapshotId> newestFirst = new ArrayList<>(store.snapshots());
        Collections.reverse(newestFirst);
        for (SnapshotId id : newestFirst) {
            Optional<List<MetadataRecord>> records = records(id);
            if (records.isPresent()) {
                return ImageSnapshot.fromRecords(clusterId, records.get(), id.position());
            }
            LOG.error("The metadata snapshot {} is damaged and skipped", id.fileName());
        }
        return ClusterImage.empty(clusterId);
    }

    private Optional<List<MetadataRecord>> records(SnapshotId id) throws IOException, MetadataLogException {
        try {
            return SnapshotFile.decode(store.readSnapshot(id));
        } catch (UnsupportedRecordException e) {
            throw new MetadataLogException(
                    "the metadata snapshot " + id.fileName() + " cannot be loaded: " + e.getMessage());
        }
    }

    private LoadResult replay(ClusterImage snapshot) throws IOException, MetadataLogException {
        ClusterImage image = snapshot;
        long bytes = 0;
        boolean anyRecord = snapshot.position().offset() >= 0;
        while (image.position().offset() + 1 < store.endOffset()) {
            ByteBuffer some = store.read(image.position().offset() + 1, READ_BYTES);
            try {
                for (MetadataBatches.Batch batch : MetadataBatches.parse(some)) {
                    for (MetadataRecord record : batch.records()) {
                        image = image.apply(record);
                    }
                    image = image.at(batch.last());
                    bytes += batch.sizeInBytes();
                    anyRecord |= !batch.records().isEmpty();
                }
            } catch (KafkaException | MetadataFormatException | IllegalStateException e) {
                throw new MetadataLogException("the metadata log cannot be replayed after offset "
                        + image.position().offset() + ": " + e.getMessage());
            }
        }
        return new LoadResult(image, bytes, anyRecord);
    }
}
