package dev.weir.network.api;

import dev.weir.metadata.TopicImage;
import dev.weir.network.api.FetchPart.Name;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.PartitionClient;
import dev.weir.peer.wire.MetadataTopic;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * Fetch: by topic name, from version 13 on by topic id, with incremental sessions (KIP-227). A fetch of the metadata log goes to the
 * quorum, a follower's to the {@link ReplicaFetchHandler}.
 */
final class FetchHandler implements ApiHandler<FetchRequestData> {
    private static final short IDS_SINCE = 13;
    private static final int MAX_METADATA_WAIT_MS = 10_000;

    private final BrokerView view;
    private final PartitionClient partitions;
    private final FetchSessions sessions;
    private final FetchResponses responses;
    private final ReplicaFetchHandler replicas;
    private final ApiHandler<FetchRequestData> metadataLog;
    private final ClientGate gate;

    /** @param gate while it is closed, only the metadata log is served; other logs are not open yet */
    FetchHandler(
            BrokerView view,
            PartitionClient partitions,
            FetchSessions sessions,
            ReplicaSessions replicaSessions,
            ApiHandler<FetchRequestData> metadataLog,
            ClientGate gate) {
        this.view = view;
        this.partitions = partitions;
        this.sessions = sessions;
        this.responses = new FetchResponses(view);
        this.replicas = new ReplicaFetchHandler(view, partitions, replicaSessions, responses);
        this.metadataLog = metadataLog;
        this.gate = gate;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.FETCH;
    }

    @Override
    public Future<? extends ApiMessage> handle(FetchRequestData request, RequestContext context) {
        if (isOfMetadataLog(request, context)) {
            // The quorum's followers wait for half a second; nobody may keep a place there for long.
            request.setMaxWaitMs(Math.max(0, Math.min(request.maxWaitMs(), MAX_METADATA_WAIT_MS)));
            return metadataLog.handle(request, context).map(response -> response);
        }
        if (gate.isOpen() && replicas.serves(request, context)) {
            return replicas.handle(request, context);
        }
        boolean byId = isById(context);
        long nowMs = System.currentTimeMillis();
        if (replicaId(request) >= 0) {
            // Not one that this broker knows: it is told so, and keeps no place of a client.
            return full(request, context, null);
        }
        if (request.sessionEpoch() == FetchMetadata.FINAL_EPOCH) {
            sessions.remove(request.sessionId());
            return full(request, context, null);
        }
        if (request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH) {
            sessions.remove(request.sessionId());
            return full(request, context, sessions.create(request, byId, nowMs));
        }
        Optional<FetchSession> session = sessions.find(request.sessionId());
        Errors error = session.map(s -> s.accept(request, byId, nowMs)).orElse(Errors.FETCH_SESSION_ID_NOT_FOUND);
        if (session.isEmpty() || error != Errors.NONE) {
            return Future.succeededFuture(new FetchResponseData().setErrorCode(error.code()));
        }
        FetchSession known = session.get();
        List<FetchPart> parts = known.parts();
        return fetch(parts, request, context).map(answers -> response(parts, answers, context, known, true));
    }

    @Override
    public Errors refusal(ApiMessage response, short version) {
        return Errors.forCode(((FetchResponseData) response).errorCode());
    }

    private Future<FetchResponseData> full(
            FetchRequestData request, RequestContext context, @Nullable FetchSession session) {
        List<FetchPart> parts = session == null ? FetchSession.parts(request, isById(context)) : session.parts();
        return fetch(parts, request, context).map(answers -> response(parts, answers, context, session, false));
    }

    private Future<FetchAnswer[]> fetch(List<FetchPart> parts, FetchRequestData request, RequestContext context) {
        boolean byId = isById(context);
        int maxBytes = Math.min(request.maxBytes(), view.config().fetch().maxBytes());
        FetchRound round = new FetchRound(
                partitions,
                parts.size(),
                maxBytes,
                Math.min(request.minBytes(), maxBytes),
                request.isolationLevel() == 1,
                replicaId(request),
                request.replicaState().replicaEpoch());
        for (int i = 0; i < parts.size(); i++) {
            FetchPart part = parts.get(i);
            Name name = part.name();
            Optional<TopicImage> topic =
                    byId ? view.image().topic(name.topicId()) : view.image().topic(name.topic());
            if (!gate.isOpen()) {
                // Whoever fetches looks for the leader again; the metadata here may be behind.
                round.fail(i, Errors.NOT_LEADER_OR_FOLLOWER);
            } else if (topic.isEmpty()) {
                round.fail(i, byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else if (topic.get().partition(name.partition()).isEmpty()) {
                round.fail(i, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else {
                round.add(i, part.entry(topic.get().id()));
            }
        }
        context.link().onAbandoned(round::abandon);
        // A connection is not idle while it waits, so no wait outlasts what would be an idle connection's end.
        long idleMs = view.config().network().maxIdleMs();
        long waitMs = idleMs > 0 ? Math.min(request.maxWaitMs(), idleMs) : request.maxWaitMs();
        return round.run((int) Math.max(0, waitMs));
    }

    private static int replicaId(FetchRequestData request) {
        int replicaId = request.replicaState().replicaId();
        return replicaId != FetchRequest.ORDINARY_CONSUMER_ID ? replicaId : request.replicaId();
    }

    /** Clients have no part in the quorum: to them that topic is unknown. */
    private boolean isOfMetadataLog(FetchRequestData request, RequestContext context) {
        return view.config().listeners().isForControllers(context.listener())
                && request.topics().stream().anyMatch(topic -> MetadataTopic.is(topic.topic(), topic.topicId()));
    }

    private static boolean isById(RequestContext context) {
        return context.version() >= IDS_SINCE;
    }

    private FetchResponseData response(
            List<FetchPart> parts,
            FetchAnswer[] answers,
            RequestContext context,
            @Nullable FetchSession session,
            boolean onlyNews) {
        FetchResponseData response =
                new FetchResponseData().setSessionId(session == null ? FetchMetadata.INVALID_SESSION_ID : session.id());
        List<FetchableTopicResponse> topics = new ArrayList<>();
        FetchableTopicResponse last = null;
        for (int i = 0; i < answers.length; i++) {
            Name name = parts.get(i).name();
            PartitionData data = responses.data(
                    name.partition(), name.topicId().equals(Uuid.ZERO_UUID), answers[i], context, response);
            boolean news = session == null || session.isNews(name, data);
            if (onlyNews && !news) {
                continue;
            }
            if (last == null
                    || !last.topic().equals(name.topic())
                    || !last.topicId().equals(name.topicId())) {
                last = new FetchableTopicResponse().setTopic(name.topic()).setTopicId(name.topicId());
                topics.add(last);
            }
            last.partitions().add(data);
        }
        return response.setResponses(topics);
    }
}
