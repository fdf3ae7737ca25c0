package dev.weir.network.api;

import dev.weir.bus.BusException;
import dev.weir.peer.wire.QuorumApi;
import dev.weir.peer.wire.QuorumApis;
import dev.weir.quorum.QuorumCall;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Any API of the quorum: goes to this broker's replica of the metadata log, and back. */
final class QuorumHandler<Q extends QuorumRequest, M extends ApiMessage, A extends ApiMessage>
        implements ApiHandler<M> {
    private final QuorumApi<Q, M, A> api;
    private final BrokerView view;
    private final QuorumClient quorum;
    private final AnswerMemory answers;
    private final LeaderEndpoints leaders;

    QuorumHandler(
            QuorumApi<Q, M, A> api,
            BrokerView view,
            QuorumClient quorum,
            AnswerMemory answers,
            LeaderEndpoints leaders) {
        this.api = api;
        this.view = view;
        this.quorum = quorum;
        this.answers = answers;
        this.leaders = leaders;
    }

    /** The handlers of the APIs that only peers use. */
    static List<ApiHandler<?>> ofPeers(
            BrokerView view, QuorumClient quorum, AnswerMemory answers, LeaderEndpoints leaders) {
        List<ApiHandler<?>> handlers = new ArrayList<>();
        QuorumApis.OF_PEERS.forEach(api -> {
            ApiHandler<?> handler = new QuorumHandler<>(api, view, quorum, answers, leaders);
            if (api.api() == ApiKeys.UPDATE_RAFT_VOTER) {
                @SuppressWarnings("unchecked")
                ApiHandler<UpdateRaftVoterRequestData> update = (ApiHandler<UpdateRaftVoterRequestData>) handler;
                handlers.add(new UpdateRaftVoterHandler(update, quorum));
            } else {
                handlers.add(handler);
            }
        });
        return handlers;
    }

    @Override
    public ApiKeys api() {
        return api.api();
    }

    @Override
    public Future<A> handle(M message, RequestContext context) {
        if (!ClusterIds.agree(view, api.clusterId(message))) {
            return Future.succeededFuture(api.refusal(Errors.INCONSISTENT_CLUSTER_ID));
        }
        Optional<Q> request = api.read(message);
        if (request.isEmpty()) {
            return Future.succeededFuture(api.refusal(Errors.INVALID_REQUEST));
        }
        Q asked = request.get();
        boolean known = quorum.knows(asked.speaker());
        if (known) {
            context.link().ofBroker();
        }
        AnswerMemory.Share share = known ? answers.ofReplica(asked.speaker()) : answers.ofStranger();
        if (asked instanceof Fetch || asked instanceof FetchSnapshot) {
            context.link().alone(share::end);
        }
        return quorum.ask(new QuorumCall(asked, context.link().number()))
                .compose(answer -> {
                    if (!share.take(answer.bytes().remaining())) {
                        return Future.succeededFuture(api.refusal(Errors.BROKER_NOT_AVAILABLE));
                    }
                    return leaders.of(answer.response(), context.listener())
                            .map(leader -> api.response(asked, answer, leader, context.version()));
                })
                .recover(cause -> BusException.errorOf(cause) == Errors.THROTTLING_QUOTA_EXCEEDED
                        ? Future.succeededFuture(api.refusal(Errors.BROKER_NOT_AVAILABLE))
                        : Future.failedFuture(cause));
    }
}
