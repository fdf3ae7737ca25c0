package dev.weir.quorum;

import dev.weir.quorum.QuorumEvent.Responded;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The mistakes that are made with messages as they arrive. */
final class MistakenWire {
    private final QuorumMistake mistake;
    private final Map<String, Long> lastSent = new HashMap<>();

    MistakenWire(QuorumMistake mistake) {
        this.mistake = mistake;
    }

    void sent(int from, QuorumEffect.Send send) {
        lastSent.put(from + ">" + send.to(), send.correlationId());
    }

    Responded answer(SimNode from, SimNode to, SimNode.Caller caller, QuorumResponse response) {
        long correlationId = caller.correlationId();
        QuorumResponse taken = response;
        if (mistake == QuorumMistake.STALE_RESPONSE_TAKEN && response instanceof VoteResponse vote && to.core != null) {
            correlationId = lastSent.getOrDefault(to.id + ">" + from.id, correlationId);
            taken = new VoteResponse(vote.error(), to.core.epoch(), -1, vote.granted());
        }
        if (mistake == QuorumMistake.TERM_NOT_SPREAD_BY_REFUSALS && to.core != null) {
            taken = withoutNews(response, to.core.epoch());
        }
        return new Responded(caller.addressed(), correlationId, taken);
    }

    private static QuorumResponse withoutNews(QuorumResponse response, int epoch) {
        if (response.epoch() <= epoch || response.leaderId() >= 0) {
            return response;
        }
        if (response instanceof VoteResponse vote) {
            return new VoteResponse(vote.error(), epoch, -1, vote.granted());
        }
        if (response instanceof QuorumResponse.FetchResponse fetch) {
            return new QuorumResponse.FetchResponse(
                    fetch.error(), epoch, -1, -1, Optional.empty(), Optional.empty(), List.of());
        }
        return response;
    }

    QuorumRequest request(SimNode to, QuorumRequest request) {
        if (!(request instanceof Vote vote)) {
            return request;
        }
        if (mistake == QuorumMistake.NO_LOG_CHECK_AT_VOTE) {
            OffsetAndEpoch longest =
                    new OffsetAndEpoch(1_000_000, Math.max(0, vote.preVote() ? vote.epoch() : vote.epoch() - 1));
            return new Vote(vote.candidate(), vote.voter(), vote.epoch(), longest, vote.preVote(), vote.clusterId());
        }
        if (mistake == QuorumMistake.TERM_NOT_SPREAD_BY_REFUSALS && vote.preVote() && vote.epoch() > to.core.epoch()) {
            int old = to.core.epoch();
            OffsetAndEpoch end = vote.logEnd();
            return new Vote(
                    vote.candidate(),
                    vote.voter(),
                    old,
                    new OffsetAndEpoch(end.offset(), Math.min(old, end.epoch())),
                    true,
                    vote.clusterId());
        }
        return request;
    }
}
