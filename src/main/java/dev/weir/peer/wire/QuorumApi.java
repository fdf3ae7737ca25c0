package dev.weir.peer.wire;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One API of the quorum on the wire. Stateless.
 *
 * @param <Q> the quorum's request
 * @param <M> Kafka's request
 * @param <A> Kafka's response
 */
public interface QuorumApi<Q extends QuorumRequest, M extends ApiMessage, A extends ApiMessage> {
    /** The API. */
    ApiKeys api();

    /** Writes a request. */
    M request(Q request, Sender sender);

    /** Returns the cluster that a request is meant for; null if it does not say. */
    @Nullable
    String clusterId(M message);

    /** Reads a request; empty if it names anything but the metadata log's one partition. */
    Optional<Q> read(M message);

    /**
     * Writes a response.
     *
     * @param request that is answered
     * @param leader the leader that the response names, if it is known where it listens
     * @param version that the response will be written in
     */
    A response(Q request, QuorumAnswer answer, Optional<LeaderNode> leader, short version);

    /** Writes the response that refuses a request as a whole. */
    A refusal(Errors error);

    /**
     * Reads a response. An error of the whole response becomes that of the answer, which then names the request's epoch and
     * no leader.
     *
     * @throws IllegalArgumentException if it answers for anything but the metadata log
     */
    QuorumAnswer answer(Q request, A message);

    /** Returns where the leader that a response names listens, if it says so. */
    Optional<LeaderNode> leader(A message);
}
