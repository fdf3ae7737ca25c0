package dev.weir.controller;

import dev.weir.bus.Address;
import dev.weir.bus.LocalBus;
import dev.weir.metadata.ClusterImage;
import io.vertx.core.Future;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
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
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;

/**
 * How other verticles ask the controller. Answers come when the decision is committed, and after every subscriber was told of
 * the new image. Immutable; shared by all verticles.
 */
public final class ControllerClient {
    private static final int IN_FLIGHT = 10_000;

    static final Address<CreateTopicsRequestData, CreateTopicsResponseData> CREATE_TOPICS = address("create-topics");
    static final Address<DeleteTopicsRequestData, DeleteTopicsResponseData> DELETE_TOPICS = address("delete-topics");
    static final Address<CreatePartitionsRequestData, CreatePartitionsResponseData> CREATE_PARTITIONS =
            address("create-partitions");
    static final Address<AlterConfigsRequestData, AlterConfigsResponseData> ALTER_CONFIGS = address("alter-configs");
    static final Address<IncrementalAlterConfigsRequestData, IncrementalAlterConfigsResponseData>
            INCREMENTAL_ALTER_CONFIGS = address("incremental-alter-configs");
    static final Address<AllocateProducerIdsRequestData, AllocateProducerIdsResponseData> ALLOCATE_PRODUCER_IDS =
            address("allocate-producer-ids");
    static final Address<AlterPartitionReassignmentsRequestData, AlterPartitionReassignmentsResponseData>
            ALTER_REASSIGNMENTS = address("alter-reassignments");
    static final Address<AlterPartitionRequestData, AlterPartitionResponseData> ALTER_PARTITION =
            address("alter-partition");
    static final Address<BrokerHeartbeatRequestData, BrokerHeartbeatResponseData> BROKER_HEARTBEAT =
            address("broker-heartbeat");
    static final Address<BrokerRegistrationRequestData, BrokerRegistrationResponseData> REGISTER_BROKER =
            address("register-broker");
    static final Address<Boolean, ClusterImage> IMAGE = address("image");

    private final LocalBus bus;

    public ControllerClient(LocalBus bus) {
        this.bus = bus;
    }

    /** Creates topics, or says what would happen. */
    public Future<CreateTopicsResponseData> createTopics(CreateTopicsRequestData request) {
        return bus.ask(CREATE_TOPICS, request);
    }

    /** Deletes topics by name or id. */
    public Future<DeleteTopicsResponseData> deleteTopics(DeleteTopicsRequestData request) {
        return bus.ask(DELETE_TOPICS, request);
    }

    /** Adds partitions to topics. */
    public Future<CreatePartitionsResponseData> createPartitions(CreatePartitionsRequestData request) {
        return bus.ask(CREATE_PARTITIONS, request);
    }

    /** Replaces the configuration of resources. */
    public Future<AlterConfigsResponseData> alterConfigs(AlterConfigsRequestData request) {
        return bus.ask(ALTER_CONFIGS, request);
    }

    /** Changes single settings of resources. */
    public Future<IncrementalAlterConfigsResponseData> incrementalAlterConfigs(
            IncrementalAlterConfigsRequestData request) {
        return bus.ask(INCREMENTAL_ALTER_CONFIGS, request);
    }

    /** A block of producer ids that nobody else gets. */
    public Future<AllocateProducerIdsResponseData> allocateProducerIds(AllocateProducerIdsRequestData request) {
        return bus.ask(ALLOCATE_PRODUCER_IDS, request);
    }

    /** Gives partitions other replicas, or ends what is under way. */
    public Future<AlterPartitionReassignmentsResponseData> alterReassignments(
            AlterPartitionReassignmentsRequestData request) {
        return bus.ask(ALTER_REASSIGNMENTS, request);
    }

    /** Proposes which replicas are in sync; taken only where the proposer knows the partition as it is now. */
    public Future<AlterPartitionResponseData> alterPartition(AlterPartitionRequestData request) {
        return bus.ask(ALTER_PARTITION, request);
    }

    /** Registers this broker; as the cluster's only one it leads at once. */
    public Future<BrokerRegistrationResponseData> registerBroker(BrokerRegistrationRequestData request) {
        return bus.ask(REGISTER_BROKER, request);
    }

    /** Says that a broker lives, and what it wants to be. */
    public Future<BrokerHeartbeatResponseData> heartbeat(BrokerHeartbeatRequestData request) {
        return bus.ask(BROKER_HEARTBEAT, request);
    }

    /** The newest committed image. */
    public Future<ClusterImage> image() {
        return bus.ask(IMAGE, true);
    }

    private static <Q, R> Address<Q, R> address(String name) {
        return new Address<>("controller." + name, IN_FLIGHT);
    }
}
