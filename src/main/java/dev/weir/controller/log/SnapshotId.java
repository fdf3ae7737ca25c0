package dev.weir.controller.log;

import dev.weir.metadata.LogPosition;
import dev.weir.quorum.OffsetAndEpoch;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a snapshot of the metadata log.
 *
 * @param endOffset of the first record that is not in it
 * @param epoch of the last record that is in it
 */
public record SnapshotId(long endOffset, int epoch) implements Comparable<SnapshotId> {
    private static final Comparator<SnapshotId> ORDER =
            Comparator.comparingLong(SnapshotId::endOffset).thenComparingInt(SnapshotId::epoch);
    private static final Pattern NAME = Pattern.compile("(\\d{20})-(\\d{10})\\.checkpoint");

    static SnapshotId of(LogPosition position) {
        return new SnapshotId(position.offset() + 1, position.epoch());
    }

    static SnapshotId of(OffsetAndEpoch end) {
        return new SnapshotId(end.offset(), end.epoch());
    }

    /** The id in the quorum's terms. */
    OffsetAndEpoch end() {
        return new OffsetAndEpoch(endOffset, epoch);
    }

    /** The id in a file's name; empty where it is no snapshot's. */
    static Optional<SnapshotId> parse(String fileName) {
        Matcher matcher = NAME.matcher(fileName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SnapshotId(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Kafka's name of the snapshot's file. */
    String fileName() {
        return "0".repeat(20 - Long.toString(endOffset).length()) + endOffset
                + "-"
                + "0".repeat(10 - Integer.toString(epoch).length())
                + epoch
                + ".checkpoint";
    }

    /** The place of the last record in it. */
    LogPosition position() {
        return new LogPosition(endOffset - 1, epoch);
    }

    @Override
    public int compareTo(SnapshotId other) {
        return ORDER.compare(this, other);
    }
}
