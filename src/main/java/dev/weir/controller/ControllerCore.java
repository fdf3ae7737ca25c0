package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.FeatureRange;
import dev.weir.metadata.record.MetadataRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Every decision of the controller: an image and a request in, records and an answer out. It keeps no state and changes
 * none, so the image handed in must be the latest and the records must be replayed before the next decision. Permissions are
 * checked before. Requests are not modified.
 */
public final class ControllerCore {
    private final ControllerSettings settings;
    private final ConfigRules rules;
    private final RandomSource random;
    private final BrokerPartitions partitions;
    private final TopicCreation creation;
    private final TopicDeletion deletion;
    private final PartitionGrowth growth;
    private final AlterConfigs configs;
    private final Reassignments reassignments;
    private final BrokerLifecycle brokers;
    private final BrokerHeartbeats heartbeats;
    private final ReplicaDirectories directories;
    private final FeatureUpdates features;
    private final IsrChanges isrChanges;
    private final LeaderElections elections;
    private final InternalReplicas internal;

    public ControllerCore(ControllerSettings settings, ConfigRules rules, RandomSource random) {
        this.settings = settings;
        this.rules = rules;
        this.random = random;
        partitions = new BrokerPartitions(rules);
        creation = new TopicCreation(settings, rules);
        deletion = new TopicDeletion(settings);
        growth = new PartitionGrowth();
        configs = new AlterConfigs(rules);
        reassignments = new Reassignments(rules);
        brokers = new BrokerLifecycle(rules);
        heartbeats = new BrokerHeartbeats(brokers);
        directories = new ReplicaDirectories(rules);
        features = new FeatureUpdates(settings.features(), rules);
        isrChanges = new IsrChanges(rules);
        elections = new LeaderElections(rules);
        internal = new InternalReplicas(rules);
    }

    /** The first records of a new cluster. The quorum itself sets {@code kraft.version}. */
    public List<MetadataRecord> bootstrap() {
        return settings.features().stream()
                .filter(range -> !range.name().equals(Feature.KRAFT_VERSION.featureName()))
                .sorted(Comparator.comparing(FeatureRange::name))
                .<MetadataRecord>map(range -> new FeatureLevelRecord(range.name(), range.max()))
                .toList();
    }

    /**
     * The first decision of a controller's term: what eligible leader replicas need, and leaders where there are none though somebody
     * can lead, since a large decision of the controller before may have been cut short.
     */
    public List<MetadataRecord> begin(ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        if (ElrRules.areOn(image)) {
            records.addAll(ElrRules.whatItNeeds(rules, image));
        }
        records.addAll(partitions.leaderless(image));
        return records;
    }

    /** Figures of the cluster. */
    public ControllerStats stats(ClusterImage image, boolean active, ControllerStats.Counts counts) {
        int leaderless = 0;
        int notPreferred = 0;
        for (TopicImage topic : image.topics().byId().values()) {
            for (PartitionImage partition : topic.partitions().values()) {
                leaderless += partition.hasLeader() ? 0 : 1;
                notPreferred += partition.leader() == partition.preferredLeader() ? 0 : 1;
            }
        }
        return new ControllerStats(active, counts, leaderless, notPreferred);
    }

    /** @param voters of the metadata quorum, by which internal topics have replicas */
    public ControllerResult<CreateTopicsResponseData> createTopics(
            ClusterImage image, CreateTopicsRequestData request, int voters) {
        return creation.create(image, request, random, voters);
    }

    public ControllerResult<DeleteTopicsResponseData> deleteTopics(
            ClusterImage image, DeleteTopicsRequestData request) {
        return deletion.delete(image, request);
    }

    public ControllerResult<CreatePartitionsResponseData> createPartitions(
            ClusterImage image, CreatePartitionsRequestData request) {
        return growth.grow(image, request, random);
    }

    public ControllerResult<AlterConfigsResponseData> alterConfigs(
            ClusterImage image, AlterConfigsRequestData request) {
        return configs.replacing(image, request);
    }

    public ControllerResult<IncrementalAlterConfigsResponseData> incrementalAlterConfigs(
            ClusterImage image, IncrementalAlterConfigsRequestData request) {
        return configs.incremental(image, request);
    }

    public ControllerResult<AllocateProducerIdsResponseData> allocateProducerIds(
            ClusterImage image, AllocateProducerIdsRequestData request) {
        return ProducerIdBlocks.allocate(image, request);
    }

    public ControllerResult<AlterPartitionReassignmentsResponseData> alterReassignments(
            ClusterImage image, AlterPartitionReassignmentsRequestData request) {
        return reassignments.alter(image, request);
    }

    public ControllerResult<AlterPartitionResponseData> alterPartition(
            ClusterImage image, AlterPartitionRequestData request) {
        return isrChanges.alter(image, request);
    }

    /**
     * Raises or lowers the levels of features.
     *
     * @param voters of the metadata quorum
     */
    public ControllerResult<UpdateFeaturesResponseData> updateFeatures(
            ClusterImage image, UpdateFeaturesRequestData request, Collection<Integer> voters) {
        return features.update(image, request, voters);
    }

    public ControllerResult<ElectLeadersResponseData> electLeaders(
            ClusterImage image, ElectLeadersRequestData request) {
        return elections.elect(image, request);
    }

    /** Lets preferred leaders lead that are in sync; {@code most} at once. */
    List<MetadataRecord> preferredLeaders(ClusterImage image, int most) {
        return elections.preferred(image, most);
    }

    /**
     * More replicas for partitions of internal topics that were created when there were fewer brokers.
     *
     * @param voters of the metadata quorum
     */
    List<MetadataRecord> healInternalTopics(ClusterImage image, int voters) {
        return internal.heal(image, voters);
    }

    /** Elects leaders where there are none though somebody can lead, also uncleanly where that is allowed. */
    List<MetadataRecord> leaderless(ClusterImage image) {
        return partitions.leaderless(image);
    }

    /** A broker says in which log directories it keeps its replicas, or that it cannot use them. */
    public ControllerResult<AssignReplicasToDirsResponseData> assignReplicasToDirs(
            ClusterImage image, AssignReplicasToDirsRequestData request) {
        return directories.assign(image, request);
    }

    /**
     * Registers a broker, fenced.
     *
     * @param nextOffset of the metadata log: the broker epoch of a new incarnation
     * @param sessionAlive whether the incarnation that is registered now still shows life
     */
    public ControllerResult<BrokerRegistrationResponseData> registerBroker(
            ClusterImage image, BrokerRegistrationRequestData request, long nextOffset, boolean sessionAlive) {
        return brokers.register(image, request, nextOffset, sessionAlive);
    }

    /** Registers the cluster's only broker, unfenced at once, leading in new leader epochs. */
    public ControllerResult<BrokerRegistrationResponseData> registerOnlyBroker(
            ClusterImage image, BrokerRegistrationRequestData request, long nextOffset) {
        return brokers.registerOnly(image, request, nextOffset);
    }

    /**
     * A broker shows life and says what it wants to be.
     *
     * @param sessions take note of it
     * @param nowMs a monotonic time
     */
    public ControllerResult<BrokerHeartbeatResponseData> heartbeat(
            ClusterImage image, BrokerHeartbeatRequestData request, BrokerSessions sessions, long nowMs) {
        return heartbeats.beat(image, request, sessions, nowMs);
    }

    /** A broker shows no life: it may not lead, and others lead what it led. */
    public ControllerResult<Errors> fenceBroker(ClusterImage image, int brokerId, long brokerEpoch) {
        return brokers.fence(image, brokerId, brokerEpoch);
    }

    /** A broker has caught up: it may lead. */
    public ControllerResult<Errors> unfenceBroker(ClusterImage image, int brokerId, long brokerEpoch) {
        return brokers.unfence(image, brokerId, brokerEpoch);
    }

    /** A broker wants to stop: others lead what it leads. */
    public ControllerResult<Errors> beginBrokerShutdown(ClusterImage image, int brokerId, long brokerEpoch) {
        return brokers.beginShutdown(image, brokerId, brokerEpoch);
    }

    /** A broker is gone for good. */
    public ControllerResult<Errors> unregisterBroker(ClusterImage image, int brokerId) {
        return brokers.unregister(image, brokerId);
    }

    /** The same, as a request of an administrator. */
    public ControllerResult<UnregisterBrokerResponseData> unregisterBroker(
            ClusterImage image, UnregisterBrokerRequestData request) {
        ControllerResult<Errors> result = brokers.unregister(image, request.brokerId());
        Errors error = result.response();
        return new ControllerResult<>(
                result.records(),
                new UnregisterBrokerResponseData()
                        .setErrorCode(error.code())
                        .setErrorMessage(error == Errors.NONE ? null : error.message()));
    }
}
