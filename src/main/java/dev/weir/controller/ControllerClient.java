package dev.weir.controller;

import dev.weir.bus.Address;
import dev.weir.bus.LocalBus;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageClient;
import io.vertx.core.Future;
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
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * How other verticles ask the controller. Answers come when the decision is committed, and after every subscriber was told of
 * the new image. Immutable; shared by all verticles.
 */
public final class ControllerClient {
    private static final int IN_FLIGHT = 10_000;
    private static final int CLIENTS_IN_FLIGHT = 2_000;
    private static final int TIMEOUT_MS = 30_000;
    private static final int HEARTBEAT_TIMEOUT_MS = 5_000;
    private static final int MIN_TIMEOUT_MS = 1_000;
    private static final int MAX_TIMEOUT_MS = 300_000;

    static final Address<CreateTopicsRequestData, CreateTopicsResponseData> CREATE_TOPICS = ofClients("create-topics");
    static final Address<DeleteTopicsRequestData, DeleteTopicsResponseData> DELETE_TOPICS = ofClients("delete-topics");
    static final Address<CreatePartitionsRequestData, CreatePartitionsResponseData> CREATE_PARTITIONS =
            ofClients("create-partitions");
    static final Address<AlterConfigsRequestData, AlterConfigsResponseData> ALTER_CONFIGS = ofClients("alter-configs");
    static final Address<IncrementalAlterConfigsRequestData, IncrementalAlterConfigsResponseData>
            INCREMENTAL_ALTER_CONFIGS = ofClients("incremental-alter-configs");
    static final Address<AllocateProducerIdsRequestData, AllocateProducerIdsResponseData> ALLOCATE_PRODUCER_IDS =
            ofBrokers("allocate-producer-ids");
    static final Address<AlterPartitionReassignmentsRequestData, AlterPartitionReassignmentsResponseData>
            ALTER_REASSIGNMENTS = ofClients("alter-reassignments");
    static final Address<AlterPartitionRequestData, AlterPartitionResponseData> ALTER_PARTITION =
            ofBrokers("alter-partition");
    static final Address<ElectLeadersRequestData, ElectLeadersResponseData> ELECT_LEADERS = ofClients("elect-leaders");
    static final Address<AssignReplicasToDirsRequestData, AssignReplicasToDirsResponseData> ASSIGN_REPLICAS_TO_DIRS =
            ofBrokers("assign-replicas-to-dirs");
    static final Address<BrokerHeartbeatRequestData, BrokerHeartbeatResponseData> BROKER_HEARTBEAT =
            ofBrokers("broker-heartbeat");
    static final Address<BrokerRegistrationRequestData, BrokerRegistrationResponseData> REGISTER_BROKER =
            ofBrokers("register-broker");
    static final Address<UnregisterBrokerRequestData, UnregisterBrokerResponseData> UNREGISTER_BROKER =
            ofClients("unregister-broker");
    static final Address<UpdateFeaturesRequestData, UpdateFeaturesResponseData> UPDATE_FEATURES =
            ofClients("update-features");
    static final Address<BrokerDeath, Errors> BROKER_DIED = ofBrokers("broker-died");
    static final Address<Boolean, ControllerStats> STATS = ofClients("stats");

    private final LocalBus bus;
    private final ControllerRoute route;

    /** A client of this broker's controller. */
    public ControllerClient(LocalBus bus) {
        this(bus, ControllerRoute.LOCAL);
    }

    /** A client of the controller that the route leads to. */
    public ControllerClient(LocalBus bus, ControllerRoute route) {
        this.bus = bus;
        this.route = route;
    }

    /** The client of this broker's own controller, for requests of peers: it does not forward them. */
    public ControllerClient local() {
        return new ControllerClient(bus);
    }

    /** The way that requests take. */
    public ControllerRoute route() {
        return route;
    }

    /** Creates topics, or says what would happen. */
    public Future<CreateTopicsResponseData> createTopics(CreateTopicsRequestData request) {
        return ask(CREATE_TOPICS, request, request.timeoutMs());
    }

    /** Deletes topics by name or id. */
    public Future<DeleteTopicsResponseData> deleteTopics(DeleteTopicsRequestData request) {
        return ask(DELETE_TOPICS, request, request.timeoutMs());
    }

    /** Adds partitions to topics. */
    public Future<CreatePartitionsResponseData> createPartitions(CreatePartitionsRequestData request) {
        return ask(CREATE_PARTITIONS, request, request.timeoutMs());
    }

    /** Replaces the configuration of resources. */
    public Future<AlterConfigsResponseData> alterConfigs(AlterConfigsRequestData request) {
        return ask(ALTER_CONFIGS, request, TIMEOUT_MS);
    }

    /** Changes single settings of resources. */
    public Future<IncrementalAlterConfigsResponseData> incrementalAlterConfigs(
            IncrementalAlterConfigsRequestData request) {
        return ask(INCREMENTAL_ALTER_CONFIGS, request, TIMEOUT_MS);
    }

    /** A block of producer ids that nobody else gets. */
    public Future<AllocateProducerIdsResponseData> allocateProducerIds(AllocateProducerIdsRequestData request) {
        return ask(ALLOCATE_PRODUCER_IDS, request, TIMEOUT_MS);
    }

    /** Gives partitions other replicas, or ends what is under way. */
    public Future<AlterPartitionReassignmentsResponseData> alterReassignments(
            AlterPartitionReassignmentsRequestData request) {
        return ask(ALTER_REASSIGNMENTS, request, request.timeoutMs());
    }

    /** Proposes which replicas are in sync; taken only where the proposer knows the partition as it is now. */
    public Future<AlterPartitionResponseData> alterPartition(AlterPartitionRequestData request) {
        return ask(ALTER_PARTITION, request, TIMEOUT_MS);
    }

    /** Elects leaders: preferred ones, or any where nobody leads. */
    public Future<ElectLeadersResponseData> electLeaders(ElectLeadersRequestData request) {
        return ask(ELECT_LEADERS, request, request.timeoutMs());
    }

    /** Says in which log directories a broker keeps its replicas. */
    public Future<AssignReplicasToDirsResponseData> assignReplicasToDirs(AssignReplicasToDirsRequestData request) {
        return ask(ASSIGN_REPLICAS_TO_DIRS, request, TIMEOUT_MS);
    }

    /** Registers this broker; as the cluster's only one it leads at once. */
    public Future<BrokerRegistrationResponseData> registerBroker(BrokerRegistrationRequestData request) {
        return ask(REGISTER_BROKER, request, HEARTBEAT_TIMEOUT_MS);
    }

    /** Says that a broker lives, and what it wants to be. */
    public Future<BrokerHeartbeatResponseData> heartbeat(BrokerHeartbeatRequestData request) {
        return ask(BROKER_HEARTBEAT, request, HEARTBEAT_TIMEOUT_MS);
    }

    /** Forgets a broker that is gone for good. */
    public Future<UnregisterBrokerResponseData> unregisterBroker(UnregisterBrokerRequestData request) {
        return ask(UNREGISTER_BROKER, request, TIMEOUT_MS);
    }

    /** Raises or lowers the levels of features. */
    public Future<UpdateFeaturesResponseData> updateFeatures(UpdateFeaturesRequestData request) {
        return ask(UPDATE_FEATURES, request, request.timeoutMs());
    }

    /** Tells this broker's controller, if it is the active one, of a death; others lead what that broker led. */
    public Future<Errors> brokerDied(BrokerDeath death) {
        return bus.ask(BROKER_DIED, death);
    }

    /** Figures of this broker's controller. */
    public Future<ControllerStats> stats() {
        return bus.ask(STATS, true);
    }

    /** The newest image that this broker's controller knows to be committed. */
    public Future<ClusterImage> image() {
        return new ImageClient(bus).newest();
    }

    private <Q extends ApiMessage, R extends ApiMessage> Future<R> ask(
            Address<Q, R> address, Q request, int timeoutMs) {
        int bounded = Math.min(Math.max(timeoutMs, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS);
        return route.ask(request, bounded, asked -> bus.ask(address, asked));
    }

    private static <Q, R> Address<Q, R> ofBrokers(String name) {
        return new Address<>("controller." + name, IN_FLIGHT);
    }

    private static <Q, R> Address<Q, R> ofClients(String name) {
        return new Address<>("controller." + name, CLIENTS_IN_FLIGHT);
    }
}
