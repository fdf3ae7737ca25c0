package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.types.SchemaException;

/**
 * Turns records into the values of the metadata log and back. The frame is Kafka's: frame version, record type and message
 * version, each an unsigned varint, then the message. Stateless.
 */
public final class MetadataRecordCodec {
    private static final int FRAME_VERSION = 1;

    private MetadataRecordCodec() {}

    /** The value of one record in the log. */
    public static byte[] encode(MetadataRecord record) {
        FieldWriter out = new FieldWriter(128);
        out.varint(FRAME_VERSION);
        out.varint(record.type().key());
        out.varint(record.type().writtenVersion());
        record.writeTo(out);
        return out.toBytes();
    }

    /**
     * Reads the value of one record.
     *
     * @throws MetadataFormatException where the bytes are no record, or one of a type or version that is not known
     */
    public static MetadataRecord decode(ByteBuffer value) {
        FieldReader in = new FieldReader(value.slice());
        try {
            int frame = in.varint();
            if (frame != FRAME_VERSION) {
                throw new MetadataFormatException("unknown frame version " + frame);
            }
            int key = in.varint();
            RecordType type = RecordType.ofKey(key)
                    .orElseThrow(() -> new MetadataFormatException("unknown metadata record type " + key));
            int version = in.varint();
            if (version < 0 || version > type.newestVersion()) {
                throw new MetadataFormatException("unknown version " + version + " of " + type);
            }
            MetadataRecord record = readMessage(type, in, version);
            if (in.remaining() > 0) {
                throw new MetadataFormatException(in.remaining() + " bytes left behind a " + type);
            }
            return record;
        } catch (IllegalArgumentException | SchemaException e) {
            throw new MetadataFormatException("malformed metadata record", e);
        }
    }

    private static MetadataRecord readMessage(RecordType type, FieldReader in, int version) {
        return switch (type) {
            case REGISTER_BROKER -> RegisterBrokerRecord.read(in, version);
            case UNREGISTER_BROKER -> UnregisterBrokerRecord.read(in);
            case TOPIC -> TopicRecord.read(in);
            case PARTITION -> PartitionRecord.read(in, version);
            case CONFIG -> ConfigRecord.read(in);
            case PARTITION_CHANGE -> PartitionChangeRecord.read(in);
            case REMOVE_TOPIC -> RemoveTopicRecord.read(in);
            case FEATURE_LEVEL -> FeatureLevelRecord.read(in);
            case PRODUCER_IDS -> ProducerIdsRecord.read(in);
            case BROKER_REGISTRATION_CHANGE -> BrokerRegistrationChangeRecord.read(in);
            case NO_OP -> NoOpRecord.read(in);
        };
    }
}
