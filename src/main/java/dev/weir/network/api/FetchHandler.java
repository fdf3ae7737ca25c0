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
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * Fetch: by topic name, from version 13 on by topic id, with incremental sessions (KIP-227). A fetch of the metadata log goes to the
 * quorum.
 */
final class FetchHandler implements ApiHandler<FetchRequestData> {
    private static final short IDS_SINCE = 13;
    private static final short LEADERS_SINCE = 12;
    private static final short ENDPOINTS_SINCE = 16;
    private static final int MAX_METADATA_WAIT_MS = 10_000;

    private final BrokerView view;
    private final PartitionClient partitions;
    private final FetchSessions sessions;
    private final ApiHandler<FetchRequestData> metadataLog;
    private final ClientGate gate;

    /** @param gate while it is closed, only the metadata log is served; other logs are not open yet */
    FetchHandler(
            BrokerView view,
            PartitionClient partitions,
            FetchSessions sessions,
            ApiHandler<FetchRequestData> metadataLog,
            ClientGate gate) {
        this.view = view;
        this.partitions = partitions;
        this.sessions = sessions;
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
        boolean byId = isById(context);
        long nowMs = System.currentTimeMillis();
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
        int replicaId = request.replicaState().replicaId() != FetchRequest.ORDINARY_CONSUMER_ID
                ? request.replicaState().replicaId()
                : request.replicaId();
        int maxBytes = Math.min(request.maxBytes(), view.config().fetch().maxBytes());
        FetchRound round = new FetchRound(
                partitions,
                parts.size(),
                maxBytes,
                Math.min(request.minBytes(), maxBytes),
                request.isolationLevel() == 1,
                replicaId,
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
            PartitionData data = data(name, answers[i], context, response);
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

    private PartitionData data(Name name, FetchAnswer answer, RequestContext context, FetchResponseData response) {
        boolean byName = name.topicId().equals(Uuid.ZERO_UUID);
        Errors error = byName ? TopicErrors.byName(answer.error()) : answer.error();
        PartitionData data = new PartitionData()
                .setPartitionIndex(name.partition())
                .setErrorCode(error.code())
                .setHighWatermark(answer.highWatermark())
                .setLastStableOffset(answer.lastStableOffset())
                .setLogStartOffset(answer.logStartOffset())
                .setAbortedTransactions(answer.aborted().stream()
                        .map(a -> new AbortedTransaction()
                                .setProducerId(a.producerId())
                                .setFirstOffset(a.firstOffset()))
                        .toList())
                .setRecords(answer.bytes() == null ? MemoryRecords.EMPTY : answer.bytes());
        FetchAnswer.Diverging diverging = answer.diverging();
        if (diverging != null) {
            data.setDivergingEpoch(
                    new EpochEndOffset().setEpoch(diverging.epoch()).setEndOffset(diverging.endOffset()));
        }
        FetchAnswer.Leader leader = answer.leader();
        if (leader != null && context.version() >= LEADERS_SINCE) {
            data.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.leaderId()).setLeaderEpoch(leader.leaderEpoch()));
            nameEndpoint(leader.leaderId(), context, response);
        }
        return data;
    }

    private void nameEndpoint(int leaderId, RequestContext context, FetchResponseData response) {
        if (context.version() >= ENDPOINTS_SINCE && response.nodeEndpoints().find(leaderId) == null) {
            view.endpoint(leaderId, context.listener())
                    .map(node -> new NodeEndpoint()
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port())
                            .setRack(node.rack()))
                    .ifPresent(response.nodeEndpoints()::add);
        }
    }
}
