package dev.weir.metadata.record;

import dev.weir.protocol.FieldWriter;

/**
 * One change of the cluster's metadata, as it stands in {@code __cluster_metadata-0}. Immutable. The set is closed: the
 * image and the codec each have a branch for every type.
 */
public sealed interface MetadataRecord
        permits BrokerRegistrationChangeRecord,
                ConfigRecord,
                FeatureLevelRecord,
                NoOpRecord,
                PartitionChangeRecord,
                PartitionRecord,
                ProducerIdsRecord,
                RegisterBrokerRecord,
                RemoveTopicRecord,
                TopicRecord,
                UnregisterBrokerRecord {

    /** Which schema this is. */
    RecordType type();

    /** Writes the message's fields, without the frame, in the version that {@link RecordType#writtenVersion()} names. */
    void writeTo(FieldWriter out);
}
