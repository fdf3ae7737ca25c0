package dev.weir.metadata.record;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * A registered broker changed its state.
 *
 * @param brokerId the broker
 * @param brokerEpoch of the registration that changes
 * @param fencing whether it is fenced or unfenced by this
 * @param entersControlledShutdown true where it begins to leave
 * @param logDirs the ids of its log directories from now on; empty where they stay
 */
public record BrokerRegistrationChangeRecord(
        int brokerId, long brokerEpoch, Fencing fencing, boolean entersControlledShutdown, Optional<List<Uuid>> logDirs)
        implements MetadataRecord {
    /** What happens to the fence of the broker. */
    public enum Fencing {
        UNFENCE(-1),
        UNCHANGED(0),
        FENCE(1);

        private final byte code;

        Fencing(int code) {
            this.code = (byte) code;
        }

        private static Fencing of(byte code) {
            for (Fencing fencing : values()) {
                if (fencing.code == code) {
                    return fencing;
                }
            }
            throw new MetadataFormatException("unknown fencing " + code);
        }
    }

    public static BrokerRegistrationChangeRecord fence(int brokerId, long brokerEpoch) {
        return new BrokerRegistrationChangeRecord(brokerId, brokerEpoch, Fencing.FENCE, false, Optional.empty());
    }

    public static BrokerRegistrationChangeRecord unfence(int brokerId, long brokerEpoch) {
        return new BrokerRegistrationChangeRecord(brokerId, brokerEpoch, Fencing.UNFENCE, false, Optional.empty());
    }

    public static BrokerRegistrationChangeRecord controlledShutdown(int brokerId, long brokerEpoch) {
        return new BrokerRegistrationChangeRecord(brokerId, brokerEpoch, Fencing.UNCHANGED, true, Optional.empty());
    }

    /** @param left the log directories that the broker still has */
    public static BrokerRegistrationChangeRecord logDirs(int brokerId, long brokerEpoch, List<Uuid> left) {
        return new BrokerRegistrationChangeRecord(
                brokerId, brokerEpoch, Fencing.UNCHANGED, false, Optional.of(List.copyOf(left)));
    }

    static BrokerRegistrationChangeRecord of(
            org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord generated) {
        List<Uuid> dirs = List.copyOf(generated.logDirs());
        return new BrokerRegistrationChangeRecord(
                generated.brokerId(),
                generated.brokerEpoch(),
                Fencing.of(generated.fenced()),
                generated.inControlledShutdown() != 0,
                dirs.isEmpty() ? Optional.empty() : Optional.of(dirs));
    }

    @Override
    public RecordType type() {
        return RecordType.BROKER_REGISTRATION_CHANGE;
    }

    @Override
    public org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord toGenerated() {
        return new org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord()
                .setBrokerId(brokerId)
                .setBrokerEpoch(brokerEpoch)
                .setFenced(fencing.code)
                .setInControlledShutdown((byte) (entersControlledShutdown ? 1 : 0))
                .setLogDirs(logDirs.orElse(List.of()));
    }
}
