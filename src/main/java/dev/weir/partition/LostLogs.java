package dev.weir.partition;

import dev.weir.metadata.DirectoryId;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.LogCorruptException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * Tells the metadata of partitions that cannot be used though it says that they are here, so that nobody is sent here for them,
 * and of those that were opened again without some of their records, so that they are led in a new leader epoch only. A log that is opened again says where it is, see {@link ShardState#placed}. Owned by the shard.
 */
final class LostLogs {
    private final ShardOptions options;
    private final ShardState shard;
    private final Set<PartitionKey> telling = new HashSet<>();

    LostLogs(ShardOptions options, ShardState shard) {
        this.options = options;
        this.shard = shard;
    }

    /** Says what the metadata does not say, and is not being told. */
    void tell() {
        for (PartitionKey key : shard.absent()) {
            if (isSaidToBeHere(key) && !isUnassigned(key)) {
                tell(key);
            }
        }
        shard.offline().forEach((key, offline) -> {
            if (isSaidToBeHere(key) && exists(offline)) {
                tell(key);
            }
        });
        shard.partitions().forEach(partition -> tellCut(partition.key));
    }

    /** As {@link #tell()}, of one that can be used but has lost records: it is led by nobody until the metadata has heard. */
    void tellCut(PartitionKey key) {
        Partition partition = shard.find(key);
        if (partition != null && partition.mustTellCut() && isSaidToBeHere(key)) {
            tell(key);
        }
    }

    private void tell(PartitionKey key) {
        if (telling.add(key)) {
            shard.lost(key, () -> telling.remove(key));
        }
    }

    private boolean isSaidToBeHere(PartitionKey key) {
        return directoryOf(key)
                .filter(id -> DirectoryId.isOnline(id, options.directoryIds()))
                .isPresent();
    }

    /** Of one that was never said to be anywhere nobody knows whether it was ever made. */
    private boolean isUnassigned(PartitionKey key) {
        return directoryOf(key).filter(DirectoryId.UNASSIGNED::equals).isPresent();
    }

    /** Where the metadata has it; empty for a topic that is gone. */
    private Optional<Uuid> directoryOf(PartitionKey key) {
        return shard.image()
                .topics()
                .partition(key.topicId(), key.partition())
                .map(partition -> partition.directoryOf(options.brokerId()));
    }

    /** One that could not be made yet is not to be missed when the broker starts again; a shortened one is opened soon. */
    private static boolean exists(Offline offline) {
        if (offline.blocked() || offline.isShortened()) {
            return false;
        }
        if (offline.exists()) {
            return true;
        }
        LogDirectory directory = offline.logDir().directory();
        try {
            // Its id is what a new log gets last.
            return directory
                    .readTopicId(directory.partitionPath(offline.name()))
                    .isPresent();
        } catch (LogCorruptException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
