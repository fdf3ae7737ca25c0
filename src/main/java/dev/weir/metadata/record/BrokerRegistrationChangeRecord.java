package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import dev.weir.protocol.TagWriter;
import dev.weir.protocol.Tagged;
import java.util.List;
import java.util.Map;
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
    private static final int FENCED_TAG = 0;
    private static final int SHUTDOWN_TAG = 1;
    private static final int LOG_DIRS_TAG = 2;

    /** What happens to the fence of the broker. */
    public enum Fencing {
        UNFENCE(-1),
        UNCHANGED(0),
        FENCE(1);

        private final int code;

        Fencing(int code) {
            this.code = code;
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

    static BrokerRegistrationChangeRecord read(FieldReader in) {
        int brokerId = in.int32();
        long epoch = in.int64();
        Tagged<Fencing> fencing = new Tagged<>(Fencing.UNCHANGED);
        Tagged<Boolean> shutdown = new Tagged<>(false);
        Tagged<List<Uuid>> logDirs = new Tagged<>(List.of());
        in.tags(Map.of(
                FENCED_TAG, () -> fencing.set(Fencing.of(in.int8())),
                SHUTDOWN_TAG, () -> shutdown.set(in.int8() != 0),
                LOG_DIRS_TAG, () -> logDirs.set(in.compactUuids())));
        Optional<List<Uuid>> dirs = Optional.of(logDirs.get()).filter(d -> !d.isEmpty());
        return new BrokerRegistrationChangeRecord(brokerId, epoch, fencing.get(), shutdown.get(), dirs);
    }

    @Override
    public RecordType type() {
        return RecordType.BROKER_REGISTRATION_CHANGE;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.int32(brokerId);
        out.int64(brokerEpoch);
        List<Uuid> dirs = logDirs.orElse(List.of());
        new TagWriter()
                .add(fencing != Fencing.UNCHANGED, FENCED_TAG, tag -> tag.int8(fencing.code))
                .add(entersControlledShutdown, SHUTDOWN_TAG, tag -> tag.int8(1))
                .add(!dirs.isEmpty(), LOG_DIRS_TAG, tag -> tag.compactUuids(dirs))
                .writeTo(out);
    }
}
