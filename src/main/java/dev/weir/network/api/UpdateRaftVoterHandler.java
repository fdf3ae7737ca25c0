package dev.weir.network.api;

import dev.weir.quorum.QuorumClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** UpdateRaftVoter (KIP-853): a voter that follows another epoch is told so first. */
final class UpdateRaftVoterHandler implements ApiHandler<UpdateRaftVoterRequestData> {
    private final ApiHandler<UpdateRaftVoterRequestData> next;
    private final QuorumClient quorum;

    UpdateRaftVoterHandler(ApiHandler<UpdateRaftVoterRequestData> next, QuorumClient quorum) {
        this.next = next;
        this.quorum = quorum;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.UPDATE_RAFT_VOTER;
    }

    @Override
    public Future<? extends ApiMessage> handle(UpdateRaftVoterRequestData request, RequestContext context) {
        return quorum.viewForClient().compose(view -> {
            int epoch = request.currentLeaderEpoch();
            if (epoch == view.epoch()) {
                return next.handle(request, context).map(response -> response);
            }
            UpdateRaftVoterResponseData refusal = new UpdateRaftVoterResponseData()
                    .setErrorCode(
                            (epoch < view.epoch() ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH).code());
            refusal.currentLeader().setLeaderId(view.leaderId()).setLeaderEpoch(view.epoch());
            return Future.succeededFuture(refusal);
        });
    }
}
