package dev.weir.storage;

import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an interrupted deletion, compaction or replacement left in a partition's directory, and files without a log. */
final class LeftoverFiles {
    private final LogState log;
    private final List<String> notes;
    private boolean changed;

    LeftoverFiles(LogState log, List<String> notes) {
        this.log = log;
        this.notes = notes;
    }

    boolean changed() {
        return changed;
    }

    /** Removes what was being deleted or not yet complete, and completes what was being swapped in. */
    void settle() throws IOException {
        List<String> swaps = new ArrayList<>();
        for (String name : log.files().list(log.directory)) {
            boolean abandoned = FileNames.isSegmentFile(name, FileNames.DELETED)
                    || FileNames.isSegmentFile(name, FileNames.CLEANED)
                    || name.equals(FileNames.LEADER_EPOCHS + ".tmp")
                    || name.equals(FileNames.PARTITION_METADATA + ".tmp");
            if (abandoned) {
                delete(name);
            } else if (FileNames.isSegmentFile(name, FileNames.SWAP)) {
                swaps.add(name);
            }
        }
        removeUncommitted(swaps);
        if (!swaps.isEmpty()) {
            completeSwap(swaps);
        }
        removeOrphans();
    }

    /** A segment is swapped in only if its log is there under the name for swapping, which it gets last. */
    private void removeUncommitted(List<String> swaps) throws IOException {
        for (String name : List.copyOf(swaps)) {
            String log = FileNames.of(FileNames.leadingOffset(name), FileNames.LOG + FileNames.SWAP);
            if (!swaps.contains(log)) {
                delete(name);
                swaps.remove(name);
            }
        }
    }

    private void completeSwap(List<String> swaps) throws IOException {
        long first = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        for (String name : swaps) {
            long base = FileNames.offsetOf(name, FileNames.LOG + FileNames.SWAP);
            if (base >= 0) {
                first = Math.min(first, base);
                end = Math.max(end, endOf(path(name), base));
            }
        }
        notes.add("an interrupted replacement of segments is completed: " + swaps);
        for (String name : log.files().list(log.directory)) {
            long offset = FileNames.leadingOffset(name);
            boolean replaced = FileNames.isSegmentFile(name) && !name.endsWith(FileNames.SNAPSHOT);
            if (replaced && offset >= first && offset < end) {
                delete(name);
            }
        }
        log.files().syncDirectory(log.directory);
        rename(swaps, false);
        log.files().syncDirectory(log.directory);
        rename(swaps, true);
        changed = true;
    }

    private void rename(List<String> swaps, boolean logs) throws IOException {
        for (String name : swaps) {
            if (name.endsWith(FileNames.LOG + FileNames.SWAP) == logs) {
                String complete = name.substring(0, name.length() - FileNames.SWAP.length());
                log.files().rename(path(name), path(complete));
            }
        }
    }

    private long endOf(Path swap, long base) throws IOException {
        try (LogFile file = log.files().open(swap)) {
            BatchScanner scanner =
                    new BatchScanner(file, base, 0, Math.toIntExact(file.size()), BatchScanner.HEADER_BLOCK);
            long end = base;
            while (scanner.next()) {
                end = scanner.lastOffset() + 1;
            }
            return end;
        }
    }

    private void removeOrphans() throws IOException {
        for (String name : log.files().list(log.directory)) {
            boolean index = FileNames.isSegmentFile(name)
                    && !name.endsWith(FileNames.LOG)
                    && !name.endsWith(FileNames.SNAPSHOT);
            if (index
                    && !log.files().exists(FileNames.in(log.directory, FileNames.leadingOffset(name), FileNames.LOG))) {
                notes.add(name + " has no log and is removed");
                delete(name);
            }
        }
    }

    private Path path(String name) {
        return log.directory.resolve(name);
    }

    private void delete(String name) throws IOException {
        log.files().deleteIfExists(path(name));
        changed = true;
    }
}
