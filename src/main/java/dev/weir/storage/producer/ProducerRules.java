package dev.weir.storage.producer;

import dev.weir.storage.batch.AppendOrigin;
import dev.weir.storage.producer.ProducerCheck.Duplicate;
import dev.weir.storage.producer.ProducerCheck.Rejected;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * Kafka's rules for what a producer may append next, and one of our own: an empty log begins at sequence 0. A producer of which nothing is known may begin at any sequence, since
 * its history may have been deleted; a new epoch begins at 0; otherwise sequences follow each other without gap and
 * wrap from {@code Integer.MAX_VALUE} to 0.
 */
final class ProducerRules {
    private ProducerRules() {}

    static ProducerCheck data(
            ProducerEntry known,
            short epoch,
            int firstSequence,
            int lastSequence,
            boolean transactional,
            AppendOrigin origin) {
        if (origin == AppendOrigin.REPLICATION) {
            return ProducerCheck.OK;
        }
        if (origin == AppendOrigin.CLIENT) {
            Optional<BatchSpan> seen = known.find(epoch, firstSequence, lastSequence);
            if (seen.isPresent()) {
                BatchSpan batch = seen.get();
                return new Duplicate(batch.firstOffset(), batch.lastOffset(), batch.timestamp());
            }
        }
        if (epoch < known.epoch()) {
            return staleEpoch(known, epoch);
        }
        if (origin == AppendOrigin.CLIENT && !inSequence(known, epoch, firstSequence)) {
            return new Rejected(
                    Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    "producer " + known.producerId() + " sent sequence " + firstSequence + " in epoch " + epoch
                            + " after " + known.lastSequence() + " in epoch " + known.epoch());
        }
        if (known.inTransaction() && !transactional) {
            return new Rejected(
                    Errors.INVALID_TXN_STATE,
                    "producer " + known.producerId() + " sent a batch outside its open transaction");
        }
        return ProducerCheck.OK;
    }

    /**
     * Whether a batch may be the first that a log has ever held. No history can have been deleted there, so a sequence above
     * 0 follows a batch that was sent before and refused. Taken, it would lose that one: its repetition is out of order.
     */
    static ProducerCheck firstOfLog(ProducerEntry known, int firstSequence) {
        return known.epoch() >= 0 || firstSequence <= 0
                ? ProducerCheck.OK
                : new Rejected(
                        Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                        "producer " + known.producerId() + " began an empty log at sequence " + firstSequence);
    }

    /**
     * @param strictEpoch whether the coordinator raises the epoch with each marker (transaction version 2 and later), so
     *     that one of the same epoch can only repeat a marker already written
     */
    static ProducerCheck marker(ProducerEntry known, short epoch, int coordinatorEpoch, boolean strictEpoch) {
        boolean repeated = strictEpoch && epoch == known.epoch();
        if (epoch < known.epoch() || (repeated && known.inTransaction())) {
            return staleEpoch(known, epoch);
        }
        if (coordinatorEpoch < known.coordinatorEpoch()) {
            return new Rejected(
                    Errors.TRANSACTION_COORDINATOR_FENCED,
                    "coordinator epoch " + coordinatorEpoch + " is older than " + known.coordinatorEpoch());
        }
        return ProducerCheck.OK;
    }

    private static boolean inSequence(ProducerEntry known, short epoch, int firstSequence) {
        if (known.epoch() < 0) {
            return true;
        }
        if (epoch != known.epoch()) {
            return firstSequence == 0;
        }
        int last = known.lastSequence();
        return firstSequence == last + 1L || (firstSequence == 0 && last == Integer.MAX_VALUE);
    }

    private static Rejected staleEpoch(ProducerEntry known, short epoch) {
        return new Rejected(
                Errors.INVALID_PRODUCER_EPOCH,
                "producer " + known.producerId() + " sent epoch " + epoch + ", the newest is " + known.epoch());
    }
}
