package dev.weir.storage.producer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one partition knows of one producer id. Immutable.
 *
 * @param producerId at least 0
 * @param epoch the newest epoch seen; -1 where nothing is known
 * @param coordinatorEpoch of the last transaction marker; -1 where there was none
 * @param lastTimestamp of the last batch or marker, milliseconds; the producer expires by it
 * @param currentTxnFirstOffset where its open transaction begins; -1 where none is open
 * @param batches its last batches in this epoch, oldest first, at most {@link #MAX_BATCHES}
 */
public record ProducerEntry(
        long producerId,
        short epoch,
        int coordinatorEpoch,
        long lastTimestamp,
        long currentTxnFirstOffset,
        List<BatchSpan> batches) {
    /** A producer may have so many batches in flight, so that so many must be known again. */
    public static final int MAX_BATCHES = 5;

    public static ProducerEntry unknown(long producerId) {
        return new ProducerEntry(producerId, (short) -1, -1, -1, -1, List.of());
    }

    /** Sequence of the last record; -1 where no batch is known. */
    public int lastSequence() {
        return batches.isEmpty() ? -1 : last().lastSequence();
    }

    /** Offset of the last record; -1 where no batch is known. */
    public long lastOffset() {
        return batches.isEmpty() ? -1 : last().lastOffset();
    }

    BatchSpan last() {
        return batches.get(batches.size() - 1);
    }

    public boolean inTransaction() {
        return currentTxnFirstOffset >= 0;
    }

    Optional<BatchSpan> find(short batchEpoch, int firstSequence, int lastSequence) {
        if (batchEpoch != epoch) {
            return Optional.empty();
        }
        return batches.stream()
                .filter(b -> b.lastSequence() == lastSequence && b.firstSequence() == firstSequence)
                .findFirst();
    }

    public ProducerEntry withoutTransaction() {
        return new ProducerEntry(producerId, epoch, coordinatorEpoch, lastTimestamp, -1, batches);
    }

    public ProducerEntry withBatch(short batchEpoch, BatchSpan batch, boolean transactional) {
        List<BatchSpan> kept = new ArrayList<>(MAX_BATCHES);
        if (batchEpoch == epoch) {
            kept.addAll(batches.subList(Math.max(0, batches.size() - MAX_BATCHES + 1), batches.size()));
        }
        kept.add(batch);
        long txn = transactional && !inTransaction() ? batch.firstOffset() : currentTxnFirstOffset;
        return new ProducerEntry(producerId, batchEpoch, coordinatorEpoch, batch.timestamp(), txn, List.copyOf(kept));
    }

    public ProducerEntry withMarker(short markerEpoch, int markerCoordinatorEpoch, long timestamp) {
        List<BatchSpan> kept = markerEpoch == epoch ? batches : List.of();
        return new ProducerEntry(producerId, markerEpoch, markerCoordinatorEpoch, timestamp, -1, kept);
    }
}
