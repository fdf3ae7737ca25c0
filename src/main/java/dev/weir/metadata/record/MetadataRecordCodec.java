package dev.weir.metadata.record;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * Turns records into the values of the metadata log and back. The frame is Kafka's: frame version, record type and message
 * version, each an unsigned varint, then the message, which Kafka's generated classes write and read. Stateless.
 */
public final class MetadataRecordCodec {
    private static final int FRAME_VERSION = 1;

    private MetadataRecordCodec() {}

    /**
     * The value of one record in the log.
     *
     * @param version of its schema
     */
    public static byte[] encode(MetadataRecord record, short version) {
        ApiMessage message = record.toGenerated();
        int key = record.type().key();
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int frameBytes = ByteUtils.sizeOfUnsignedVarint(FRAME_VERSION)
                + ByteUtils.sizeOfUnsignedVarint(key)
                + ByteUtils.sizeOfUnsignedVarint(version);
        ByteBuffer value = ByteBuffer.allocate(frameBytes + message.size(cache, version));
        ByteBufferAccessor out = new ByteBufferAccessor(value);
        out.writeUnsignedVarint(FRAME_VERSION);
        out.writeUnsignedVarint(key);
        out.writeUnsignedVarint(version);
        message.write(out, cache, version);
        return value.array();
    }

    /**
     * Reads the value of one record.
     *
     * @throws UnsupportedRecordException if the record is of a type or version that is not known
     * @throws MetadataFormatException if the bytes are no record
     */
    public static MetadataRecord decode(ByteBuffer value) {
        ByteBufferAccessor in = new ByteBufferAccessor(value.slice());
        try {
            int frame = in.readUnsignedVarint();
            if (frame != FRAME_VERSION) {
                throw new MetadataFormatException("unknown frame version " + frame);
            }
            int key = in.readUnsignedVarint();
            int version = in.readUnsignedVarint();
            if (key < 0 || version < 0) {
                throw new MetadataFormatException("no metadata record has type " + key + " and version " + version);
            }
            RecordType type =
                    RecordType.ofKey(key).orElseThrow(() -> UnsupportedRecordException.unknownType(key, version));
            if (version > type.newestVersion()) {
                throw UnsupportedRecordException.unknownVersion(type, version);
            }
            MetadataRecord record = readMessage(type, in, (short) version);
            if (in.remaining() > 0) {
                throw new MetadataFormatException(in.remaining() + " bytes left behind a " + type);
            }
            return record;
        } catch (MetadataFormatException e) {
            throw e;
        } catch (RuntimeException e) {
            // the generated readers have no exception of their own
            throw new MetadataFormatException("malformed metadata record", e);
        }
    }

    private static MetadataRecord readMessage(RecordType type, ByteBufferAccessor in, short version) {
        return switch (type) {
            case REGISTER_BROKER ->
                RegisterBrokerRecord.of(new org.apache.kafka.common.metadata.RegisterBrokerRecord(in, version));
            case UNREGISTER_BROKER ->
                UnregisterBrokerRecord.of(new org.apache.kafka.common.metadata.UnregisterBrokerRecord(in, version));
            case TOPIC -> TopicRecord.of(new org.apache.kafka.common.metadata.TopicRecord(in, version));
            case PARTITION ->
                PartitionRecord.of(new org.apache.kafka.common.metadata.PartitionRecord(in, version), version);
            case CONFIG -> ConfigRecord.of(new org.apache.kafka.common.metadata.ConfigRecord(in, version));
            case PARTITION_CHANGE ->
                PartitionChangeRecord.of(new org.apache.kafka.common.metadata.PartitionChangeRecord(in, version));
            case REMOVE_TOPIC ->
                RemoveTopicRecord.of(new org.apache.kafka.common.metadata.RemoveTopicRecord(in, version));
            case FEATURE_LEVEL ->
                FeatureLevelRecord.of(new org.apache.kafka.common.metadata.FeatureLevelRecord(in, version));
            case PRODUCER_IDS ->
                ProducerIdsRecord.of(new org.apache.kafka.common.metadata.ProducerIdsRecord(in, version));
            case BROKER_REGISTRATION_CHANGE ->
                BrokerRegistrationChangeRecord.of(
                        new org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord(in, version));
            case CLEAR_ELR -> ClearElrRecord.of(new org.apache.kafka.common.metadata.ClearElrRecord(in, version));
            case NO_OP -> NoOpRecord.of(new org.apache.kafka.common.metadata.NoOpRecord(in, version));
        };
    }
}
