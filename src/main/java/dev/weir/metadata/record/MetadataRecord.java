package dev.weir.metadata.record;

import org.apache.kafka.common.protocol.ApiMessage;

/**
 * One change of the cluster's metadata, as it stands in {@code __cluster_metadata-0}. Immutable. The set is closed: the
 * image and the codec each have a branch for every type.
 */
public sealed interface MetadataRecord
        permits BrokerRegistrationChangeRecord,
                ClearElrRecord,
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

    /** The same in Kafka's generated class. */
    ApiMessage toGenerated();
}
