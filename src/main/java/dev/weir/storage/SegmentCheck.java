package dev.weir.storage;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.file.LogCorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Reads a segment through and makes its offset and time index anew. A full check verifies every checksum and finds where
 * the valid batches end; the other trusts the checksums.
 */
final class SegmentCheck {
    private static final int OLD_CRC_AT = 12;
    private static final int OLD_CRC_START = 16;
    private static final int OLD_HEADER = 17;

    private final LogSegment segment;
    private final int indexIntervalBytes;
    /** From this offset on each batch must begin where the one before it ends. */
    private final long gaplessFrom;

    private int validBytes;
    private Optional<String> problem = Optional.empty();
    private boolean hasProducers;

    SegmentCheck(LogSegment segment, int indexIntervalBytes, long gaplessFrom) {
        this.segment = segment;
        this.indexIntervalBytes = indexIntervalBytes;
        this.gaplessFrom = gaplessFrom;
    }

    /** Walks the segment; {@code epochs} takes in the epochs that the batches bring. */
    void run(boolean checksums, LeaderEpochs epochs) throws IOException, LogCorruptException {
        segment.resetIndexes();
        BatchScanner scanner = segment.scanner(0, checksums ? BatchScanner.BATCH_BLOCK : BatchScanner.HEADER_BLOCK);
        while (scanner.next()) {
            int epoch = scanner.leaderEpoch();
            long maxTimestamp = scanner.maxTimestamp();
            boolean producer = scanner.hasProducerId();
            if (checksums && !scanner.checksumHolds()) {
                problem = Optional.of(
                        "holds a batch at offset " + scanner.baseOffset() + " that does not match its checksum");
                break;
            }
            if (scanner.baseOffset() >= gaplessFrom && scanner.baseOffset() != segment.nextOffset()) {
                problem = Optional.of(
                        "holds offset " + scanner.baseOffset() + " where " + segment.nextOffset() + " belongs");
                break;
            }
            hasProducers |= producer;
            epochs.note(epoch, scanner.baseOffset());
            segment.index(scanner.lastOffset(), maxTimestamp, scanner.position(), scanner.size(), indexIntervalBytes);
            validBytes = scanner.position() + scanner.size();
        }
        if (problem.isEmpty()) {
            problem = scanner.problem();
            refuseOldFormat();
        }
        if (checksums) {
            // What does not match is cut.
            segment.allChecked();
        }
    }

    int validBytes() {
        return validBytes;
    }

    /** The reason why the valid batches end before the file does; empty if they do not. */
    Optional<String> problem() {
        return problem;
    }

    /** Whether a batch of an idempotent or transactional producer was seen. */
    boolean hasProducers() {
        return hasProducers;
    }

    /** An intact batch of an old message format must not be taken for damage and cut away. */
    private void refuseOldFormat() throws IOException, LogCorruptException {
        int left = segment.size() - validBytes;
        if (left < OLD_HEADER) {
            return;
        }
        ByteBuffer header = ByteBuffer.allocate(OLD_HEADER);
        segment.log().file().readFully(header, validBytes);
        int magic = header.get(BatchLayout.MAGIC);
        long bytes = header.getInt(BatchLayout.LENGTH) + (long) BatchLayout.LENGTH_OVERHEAD;
        if ((magic != 0 && magic != 1) || bytes <= OLD_HEADER || bytes > left) {
            return;
        }
        ByteBuffer body = ByteBuffer.allocate((int) bytes - OLD_CRC_START);
        segment.log().file().readFully(body, (long) validBytes + OLD_CRC_START);
        CRC32 crc = new CRC32();
        crc.update(body.flip());
        if ((int) crc.getValue() == header.getInt(OLD_CRC_AT)) {
            throw new LogCorruptException(segment.log().path() + " holds records of message format v" + magic
                    + ", which is not supported; convert it with an older broker first");
        }
    }
}
