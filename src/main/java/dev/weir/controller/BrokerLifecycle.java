package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.UnregisterBrokerRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * A broker's way through the cluster. Stateless; whether a broker's session is alive is told from outside.
 *
 * <pre>
 *   register ──▶ FENCED ──unfence──▶ ACTIVE ──beginShutdown──▶ LEAVING
 *                  ▲                   │                          │
 *                  └───────fence───────┴──────────fence───────────┘
 *   any ──unregister──▶ gone;  any ──register (new incarnation)──▶ FENCED
 * </pre>
 */
final class BrokerLifecycle {
    private final BrokerPartitions partitions;

    BrokerLifecycle(ConfigRules rules) {
        partitions = new BrokerPartitions(rules);
    }

    /**
     * Registers a broker, fenced. A new incarnation loses what the old one led and was in sync with. With KIP-966 it stays eligible to
     * lead only if the old one has stopped cleanly, as the broker says by the epoch of that one.
     *
     * @param nextOffset of the metadata log; the broker epoch of a new incarnation is the offset of its registration
     * @param sessionAlive whether the incarnation that is registered now still shows life
     */
    ControllerResult<BrokerRegistrationResponseData> register(
            ClusterImage image, BrokerRegistrationRequestData request, long nextOffset, boolean sessionAlive) {
        BrokerImage old = image.broker(request.brokerId()).orElse(null);
        boolean sameIncarnation = old != null && old.incarnationId().equals(request.incarnationId());
        boolean restarted = old != null && isRestart(old, request);
        if (old != null && sessionAlive && !sameIncarnation && !restarted && !old.inControlledShutdown()) {
            return refused(Errors.DUPLICATE_BROKER_REGISTRATION);
        }
        Errors error = Registrations.check(image, request);
        if (error != Errors.NONE) {
            return refused(error);
        }
        if (old != null && sameIncarnation) {
            RegisterBrokerRecord again =
                    Registrations.record(request, old.epoch(), old.fenced(), old.inControlledShutdown());
            return registered(List.of(again), old.epoch());
        }
        List<MetadataRecord> records = new ArrayList<>(old == null ? List.of() : ended(image, old, request));
        // The offset of the record itself: whoever has read so far has read all that the old incarnation lost.
        long epoch = nextOffset + records.size();
        records.add(Registrations.record(request, epoch, true, false));
        return registered(records, epoch);
    }

    private List<MetadataRecord> ended(ClusterImage image, BrokerImage old, BrokerRegistrationRequestData request) {
        return ElrRules.areOn(image) && !stoppedCleanly(old, request)
                ? partitions.uncleanRestart(image, old.id())
                : partitions.left(image, old.id());
    }

    private static boolean stoppedCleanly(BrokerImage old, BrokerRegistrationRequestData request) {
        return request.previousBrokerEpoch() == old.epoch();
    }

    /**
     * Whether the process that was registered can only be dead: the new one has its addresses and locks its directories. A
     * killed broker that is started again need not wait for the end of its session then.
     */
    private static boolean isRestart(BrokerImage old, BrokerRegistrationRequestData request) {
        return Registrations.endpoints(request).equals(old.endpoints())
                && Set.copyOf(request.logDirs()).equals(Set.copyOf(old.logDirs()));
    }

    /**
     * Registers the cluster's only voter, unfenced at once, and lets it lead on in new leader epochs: what its former
     * incarnation had not yet made durable may be gone, and must not be mistaken for what is written now. What is in a
     * directory that it no longer has is led by nobody. What has replicas on other brokers it leads on only after a clean stop.
     *
     * @param nextOffset of the metadata log: the broker's epoch
     */
    ControllerResult<BrokerRegistrationResponseData> registerOnly(
            ClusterImage image, BrokerRegistrationRequestData request, long nextOffset) {
        Errors error = Registrations.check(image, request);
        if (error != Errors.NONE) {
            return refused(error);
        }
        Decided decided = new Decided(image);
        BrokerImage old = image.broker(request.brokerId()).orElse(null);
        decided.add(List.of(Registrations.record(request, nextOffset, false, false)));
        if (old != null && !stoppedCleanly(old, request)) {
            decided.add(partitions.uncleanRestartAmongOthers(decided.image, old.id()));
        }
        decided.add(partitions.ledAgain(decided.image, request.brokerId(), request.logDirs()));
        decided.add(partitions.leaderless(decided.image));
        return registered(decided.records, nextOffset);
    }

    /** Records in order, and the image that they make. */
    private static final class Decided {
        private final List<MetadataRecord> records = new ArrayList<>();
        private ClusterImage image;

        private Decided(ClusterImage image) {
            this.image = image;
        }

        private void add(List<MetadataRecord> more) {
            records.addAll(more);
            for (MetadataRecord record : more) {
                image = image.apply(record);
            }
        }
    }

    /** The broker shows no life: others lead what it led. */
    ControllerResult<Errors> fence(ClusterImage image, int brokerId, long brokerEpoch) {
        BrokerImage broker = image.broker(brokerId).orElse(null);
        if (broker == null || broker.epoch() != brokerEpoch) {
            return ControllerResult.unchanged(Errors.STALE_BROKER_EPOCH);
        }
        if (broker.fenced()) {
            return ControllerResult.unchanged(Errors.NONE);
        }
        List<MetadataRecord> records = new ArrayList<>(partitions.left(image, brokerId));
        records.add(BrokerRegistrationChangeRecord.fence(brokerId, brokerEpoch));
        return new ControllerResult<>(records, Errors.NONE);
    }

    /** The broker has caught up: it may lead, and leads what nobody does. */
    ControllerResult<Errors> unfence(ClusterImage image, int brokerId, long brokerEpoch) {
        BrokerImage broker = image.broker(brokerId).orElse(null);
        if (broker == null || broker.epoch() != brokerEpoch) {
            return ControllerResult.unchanged(Errors.STALE_BROKER_EPOCH);
        }
        if (!broker.fenced()) {
            return ControllerResult.unchanged(Errors.NONE);
        }
        List<MetadataRecord> records = new ArrayList<>();
        records.add(BrokerRegistrationChangeRecord.unfence(brokerId, brokerEpoch));
        if (!broker.inControlledShutdown()) {
            records.addAll(partitions.came(image, brokerId));
        }
        return new ControllerResult<>(records, Errors.NONE);
    }

    /** The broker wants to stop: others lead what it leads. Whatever a decision before has left undone is done. */
    ControllerResult<Errors> beginShutdown(ClusterImage image, int brokerId, long brokerEpoch) {
        BrokerImage broker = image.broker(brokerId).orElse(null);
        if (broker == null || broker.epoch() != brokerEpoch) {
            return ControllerResult.unchanged(Errors.STALE_BROKER_EPOCH);
        }
        List<MetadataRecord> records = new ArrayList<>(partitions.left(image, brokerId));
        if (!broker.inControlledShutdown()) {
            records.add(BrokerRegistrationChangeRecord.controlledShutdown(brokerId, brokerEpoch));
        }
        return new ControllerResult<>(records, Errors.NONE);
    }

    /**
     * Log directories of the broker have failed: others lead what is in them. A broker without any left keeps its registration, as a
     * record cannot say so; it is to be fenced.
     *
     * @param failed those that the broker cannot use, known before or not
     */
    List<MetadataRecord> logDirsFailed(ClusterImage image, BrokerImage broker, Collection<Uuid> failed) {
        List<Uuid> left =
                broker.logDirs().stream().filter(dir -> !failed.contains(dir)).toList();
        if (left.size() == broker.logDirs().size()) {
            return List.of();
        }
        List<MetadataRecord> records = new ArrayList<>(partitions.withoutLogDirs(image, broker.id(), failed));
        if (!left.isEmpty()) {
            records.add(BrokerRegistrationChangeRecord.logDirs(broker.id(), broker.epoch(), left));
        }
        return records;
    }

    /** The broker is gone for good. */
    ControllerResult<Errors> unregister(ClusterImage image, int brokerId) {
        BrokerImage broker = image.broker(brokerId).orElse(null);
        if (broker == null) {
            return ControllerResult.unchanged(Errors.BROKER_ID_NOT_REGISTERED);
        }
        List<MetadataRecord> records = new ArrayList<>(partitions.gone(image, brokerId));
        records.add(new UnregisterBrokerRecord(brokerId, broker.epoch()));
        return new ControllerResult<>(records, Errors.NONE);
    }

    private static ControllerResult<BrokerRegistrationResponseData> registered(
            List<MetadataRecord> records, long brokerEpoch) {
        return new ControllerResult<>(records, new BrokerRegistrationResponseData().setBrokerEpoch(brokerEpoch));
    }

    private static ControllerResult<BrokerRegistrationResponseData> refused(Errors error) {
        return ControllerResult.unchanged(new BrokerRegistrationResponseData().setErrorCode(error.code()));
    }
}
