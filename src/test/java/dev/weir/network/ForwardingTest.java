package dev.weir.network;

import static dev.weir.network.PeerNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.bus.Address;
import dev.weir.bus.BusException;
import dev.weir.peer.PeerPurpose;
import dev.weir.peer.wire.Envelopes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests to the controller, from a broker that is not it. */
class ForwardingTest {
    private static final int MEMORY = 1 << 20;
    private static final int TIMEOUT_MS = 15_000;

    private PeerNode one;
    private PeerNode two;

    @BeforeEach
    void start() throws Exception {
        one = new PeerNode(1, "cluster", MEMORY);
        two = new PeerNode(2, "cluster", MEMORY);
        one.quorum.leader(2, two.port, false);
        two.quorum.leader(2, two.port, true);
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        two.close();
    }

    @Test
    void shouldForwardAClientsRequestInAnEnvelopeAndReturnTheAnswer() throws Exception {
        List<Object> asked = serve(two, "create-topics", request -> Future.succeededFuture(created()));

        CreateTopicsResponseData response = await(one.controller.createTopics(creation()));

        assertThat(response).isEqualTo(created());
        assertThat(asked).containsExactly(creation());
    }

    @Test
    void shouldAskThisBrokersControllerIfItIsActive() throws Exception {
        one.quorum.leader(1, one.port, true);
        List<Object> here = serve(one, "create-topics", request -> Future.succeededFuture(created()));

        await(one.controller.createTopics(creation()));

        assertThat(here).hasSize(1);
    }

    @Test
    void shouldSendWhatABrokerAsksForItselfAsItIs() throws Exception {
        AllocateProducerIdsResponseData block =
                new AllocateProducerIdsResponseData().setProducerIdStart(5_000).setProducerIdLen(1_000);
        List<Object> asked = serve(two, "allocate-producer-ids", request -> Future.succeededFuture(block));
        AllocateProducerIdsRequestData request =
                new AllocateProducerIdsRequestData().setBrokerId(1).setBrokerEpoch(7);

        assertThat(await(one.controller.allocateProducerIds(request))).isEqualTo(block);
        assertThat(asked).containsExactly(request);
    }

    /** Only version 3 has room for the broker epochs of the members. */
    @Test
    void shouldSendProposedIsrsWithTheEpochsOfTheirMembers() throws Exception {
        List<Object> asked =
                serve(two, "alter-partition", request -> Future.succeededFuture(new AlterPartitionResponseData()));
        AlterPartitionRequestData request = new AlterPartitionRequestData()
                .setBrokerId(1)
                .setBrokerEpoch(7)
                .setTopics(List.of(new AlterPartitionRequestData.TopicData()
                        .setTopicId(new Uuid(3, 1))
                        .setPartitions(List.of(new AlterPartitionRequestData.PartitionData()
                                .setLeaderEpoch(4)
                                .setPartitionEpoch(9)
                                .setNewIsrWithEpochs(List.of(
                                        new BrokerState().setBrokerId(1).setBrokerEpoch(7),
                                        new BrokerState().setBrokerId(2).setBrokerEpoch(8)))))));

        await(one.controller.alterPartition(request));

        assertThat(asked).containsExactly(request);
    }

    @Test
    void shouldAskAgainUntilTheControllerIsActive() throws Exception {
        List<Object> asked = new CopyOnWriteArrayList<>();
        serve(two, "create-topics", request -> {
            asked.add(request);
            return asked.size() < 3
                    ? Future.failedFuture(new BusException(Errors.NOT_CONTROLLER, null))
                    : Future.succeededFuture(created());
        });

        assertThat(await(one.controller.createTopics(creation()))).isEqualTo(created());
        assertThat(asked).hasSize(3);
    }

    @Test
    void shouldAskAgainIfAResponseSaysThatTheControllerHasMoved() throws Exception {
        List<Object> creations = new CopyOnWriteArrayList<>();
        serve(two, "create-topics", request -> {
            creations.add(request);
            CreateTopicsResponseData response = created();
            if (creations.size() == 1) {
                response.topics().find("orders").setErrorCode(Errors.NOT_CONTROLLER.code());
            }
            return Future.succeededFuture(response);
        });
        List<Object> allocations = new CopyOnWriteArrayList<>();
        serve(two, "allocate-producer-ids", request -> {
            allocations.add(request);
            return Future.succeededFuture(new AllocateProducerIdsResponseData()
                    .setErrorCode((allocations.size() == 1 ? Errors.NOT_CONTROLLER : Errors.NONE).code()));
        });

        assertThat(await(one.controller.createTopics(creation()))).isEqualTo(created());
        assertThat(await(one.controller.allocateProducerIds(new AllocateProducerIdsRequestData()))
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
        assertThat(creations).hasSize(2);
        assertThat(allocations).hasSize(2);
    }

    @Test
    void shouldFindTheControllerThatHasMovedToAnotherBroker() throws Exception {
        two.close();
        PeerNode three = new PeerNode(3, "cluster", MEMORY);
        three.quorum.leader(3, three.port, true);
        serve(three, "create-topics", request -> Future.succeededFuture(created()));

        Future<CreateTopicsResponseData> answer = one.controller.createTopics(creation());
        assertThat(answer.isComplete()).isFalse();
        one.quorum.leader(3, three.port, false);

        assertThat(await(answer)).isEqualTo(created());
        three.close();
        two = new PeerNode(2, "cluster", MEMORY);
    }

    @Test
    void shouldAskAgainIfTheControllerOfTheBrokerItselfHasNotBegun() throws Exception {
        one.quorum.leader(1, one.port, true);
        List<Object> asked = new CopyOnWriteArrayList<>();
        serve(one, "create-topics", request -> {
            asked.add(request);
            return asked.size() < 2
                    ? Future.failedFuture(new BusException(Errors.NOT_CONTROLLER, null))
                    : Future.succeededFuture(created());
        });

        assertThat(await(one.controller.createTopics(creation()))).isEqualTo(created());
    }

    @Test
    void shouldGiveUpWhenTheTimeOfTheRequestIsOver() {
        one.quorum.leader(-1, 0, false);

        assertThatThrownBy(() -> await(one.controller.createTopics(creation().setTimeoutMs(1))))
                .hasCauseInstanceOf(BusException.class)
                .satisfies(e -> assertThat(BusException.errorOf(e.getCause())).isEqualTo(Errors.REQUEST_TIMED_OUT));
    }

    @Test
    void shouldGiveUpInTimeIfTheBrokersOwnReplicaSaysNothing() {
        one.quorum.fallSilent();

        assertThatThrownBy(() -> await(one.controller.createTopics(creation().setTimeoutMs(1))))
                .satisfies(e -> assertThat(BusException.errorOf(e.getCause())).isEqualTo(Errors.REQUEST_TIMED_OUT));
    }

    @Test
    void shouldGiveUpInTimeIfTheBrokersOwnControllerSaysNothing() throws Exception {
        one.quorum.leader(1, one.port, true);
        serve(one, "create-topics", request -> Promise.promise().future());

        assertThatThrownBy(() -> await(one.controller.createTopics(creation().setTimeoutMs(1))))
                .satisfies(e -> assertThat(BusException.errorOf(e.getCause())).isEqualTo(Errors.REQUEST_TIMED_OUT));
    }

    @Test
    void shouldKeepTheNamesOfAnOldDeletion() throws Exception {
        List<Object> asked =
                serve(two, "delete-topics", request -> Future.succeededFuture(new DeleteTopicsResponseData()));

        await(one.controller.deleteTopics(
                new DeleteTopicsRequestData().setTopicNames(List.of("orders")).setTimeoutMs(TIMEOUT_MS)));

        assertThat(((DeleteTopicsRequestData) asked.get(0)).topics())
                .extracting(DeleteTopicsRequestData.DeleteTopicState::name)
                .containsExactly("orders");
    }

    @Test
    void shouldNotForwardAForwardedRequestAgain() throws Exception {
        two.quorum.leader(1, one.port, false);
        List<Object> first = serve(one, "create-topics", request -> Future.succeededFuture(created()));
        serve(two, "create-topics", request -> Future.failedFuture(new BusException(Errors.NOT_CONTROLLER, null)));

        EnvelopeResponseData response = envelope(wrapped(ApiKeys.CREATE_TOPICS, creation()));

        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(first).isEmpty();
    }

    @Test
    void shouldRefuseEnvelopesInEnvelopesAndWhatIsNotForwarded() throws Exception {
        EnvelopeRequestData inner = wrapped(ApiKeys.CREATE_TOPICS, creation());

        assertThat(error(wrapped(ApiKeys.ENVELOPE, inner))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(wrapped(ApiKeys.VOTE, new VoteRequestData()))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(wrapped(ApiKeys.METADATA, new MetadataRequestData()))).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void shouldRefuseAnEnvelopeWhosePrincipalAddressOrRequestCannotBeRead() throws Exception {
        assertThat(error(wrapped(ApiKeys.CREATE_TOPICS, creation()).setRequestPrincipal(new byte[] {9})))
                .isEqualTo(Errors.PRINCIPAL_DESERIALIZATION_FAILURE);
        assertThat(error(wrapped(ApiKeys.CREATE_TOPICS, creation()).setRequestPrincipal(null)))
                .isEqualTo(Errors.PRINCIPAL_DESERIALIZATION_FAILURE);
        assertThat(error(wrapped(ApiKeys.CREATE_TOPICS, creation()).setClientHostAddress(new byte[3])))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(wrapped(ApiKeys.CREATE_TOPICS, creation())
                        .setRequestData(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3}))))
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    private Errors error(EnvelopeRequestData envelope) throws Exception {
        return Errors.forCode(envelope(envelope).errorCode());
    }

    private EnvelopeResponseData envelope(EnvelopeRequestData envelope) throws Exception {
        return (EnvelopeResponseData)
                await(one.peers.send(two.endpoint(), PeerPurpose.FORWARDING, envelope, TIMEOUT_MS));
    }

    private static EnvelopeRequestData wrapped(ApiKeys api, ApiMessage request) {
        return Envelopes.wrap(api, api.latestVersion(false), "client", request, InetAddress.getLoopbackAddress());
    }

    private static CreateTopicsRequestData creation() {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreatableTopic().setName("orders").setNumPartitions(1).setReplicationFactor((short) 1));
        return request;
    }

    private static CreateTopicsResponseData created() {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        response.topics()
                .add(new CreatableTopicResult()
                        .setName("orders")
                        .setNumPartitions(1)
                        .setReplicationFactor((short) 1));
        return response;
    }

    /** Stands in for a controller; returns what it was asked. */
    private static <R> List<Object> serve(PeerNode node, String name, Function<Object, Future<R>> controller)
            throws Exception {
        List<Object> asked = new CopyOnWriteArrayList<>();
        await(node.vertx.deployVerticle(new VerticleBase() {
            @Override
            public Future<?> start() {
                node.bus.serve(new Address<Object, R>("controller." + name, 100), request -> {
                    asked.add(request);
                    return controller.apply(request);
                });
                return Future.succeededFuture();
            }
        }));
        return asked;
    }
}
