package dev.weir.network.api;

import dev.weir.bus.BusException;
import dev.weir.network.api.ReplicaSessions.Session;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import dev.weir.partition.client.ReplicaFetch.News;
import dev.weir.partition.client.ReplicaFetch.Stage;
import dev.weir.partition.client.ReplicaFetchClient;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * Fetches by followers: brokers that are registered in the incarnation that they name. Their sessions live in the shards, so a
 * fetch goes to the shards of its session and comes back with news alone. A follower whose fetches go by its own shards has a
 * session in one shard of this broker, if both have as many; with any other number, several shards share the bytes, and the first
 * that has news ends the wait of the others.
 */
final class ReplicaFetchHandler {
    /** From here on a follower names its broker epoch (KIP-903), and topics have ids. */
    private static final short EPOCHS_SINCE = 15;

    private final BrokerView view;
    private final ReplicaFetchClient shards;
    private final ReplicaSessions sessions;
    private final FetchResponses responses;

    ReplicaFetchHandler(
            BrokerView view, ReplicaFetchClient shards, ReplicaSessions sessions, FetchResponses responses) {
        this.view = view;
        this.shards = shards;
        this.sessions = sessions;
        this.responses = responses;
    }

    /** Whether a follower asks; whoever only says so is treated as a client, and refused by the partitions. */
    boolean serves(FetchRequestData request, RequestContext context) {
        int replicaId = request.replicaState().replicaId();
        return context.version() >= EPOCHS_SINCE
                && replicaId >= 0
                && view.image()
                        .broker(replicaId)
                        .filter(broker ->
                                broker.epoch() == request.replicaState().replicaEpoch())
                        .isPresent();
    }

    Future<FetchResponseData> handle(FetchRequestData request, RequestContext context) {
        int replicaId = request.replicaState().replicaId();
        long brokerEpoch = request.replicaState().replicaEpoch();
        long nowMs = System.currentTimeMillis();
        if (request.sessionEpoch() == FetchMetadata.FINAL_EPOCH) {
            sessions.remove(request.sessionId()).ifPresent(this::end);
            return ask(ReplicaSessions.none(replicaId, brokerEpoch), request, context);
        }
        if (request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH) {
            sessions.remove(request.sessionId()).ifPresent(this::end);
            Session session = sessions.create(replicaId, brokerEpoch, nowMs);
            sessions.evict(replicaId, brokerEpoch, nowMs).forEach(this::end);
            return ask(session, request, context);
        }
        Session session = sessions.find(request.sessionId(), replicaId, brokerEpoch, nowMs)
                .orElse(null);
        if (session == null) {
            return refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        return session.accept(request.sessionEpoch())
                ? ask(session, request, context)
                : refused(Errors.INVALID_FETCH_SESSION_EPOCH);
    }

    private void end(Session session) {
        session.begun().forEach(shard -> shards.endReplicaSession(shard, session.name));
    }

    private static Future<FetchResponseData> refused(Errors error) {
        return Future.succeededFuture(new FetchResponseData().setErrorCode(error.code()));
    }

    private Future<FetchResponseData> ask(Session session, FetchRequestData request, RequestContext context) {
        Map<Integer, List<ReplicaFetch.Entry>> named = new TreeMap<>();
        Map<Integer, List<PartitionKey>> forgotten = new TreeMap<>();
        request.topics().forEach(topic -> topic.partitions().forEach(partition -> {
            ReplicaFetch.Entry entry = entry(topic.topicId(), partition);
            int shard = shardOf(entry.key());
            session.name(shard, entry);
            named.computeIfAbsent(shard, s -> new ArrayList<>()).add(entry);
        }));
        request.forgottenTopicsData().forEach(topic -> topic.partitions().forEach(partition -> {
            PartitionKey key = new PartitionKey(topic.topicId(), partition);
            session.forget(shardOf(key), key);
            forgotten.computeIfAbsent(shardOf(key), s -> new ArrayList<>()).add(key);
        }));
        List<Integer> asked = session.shards();
        forgetElsewhere(session, asked, forgotten);
        long ticket = PartitionClient.nextTicket();
        List<Future<ReplicaFetch.Answer>> answers = new ArrayList<>();
        for (int shard : asked) {
            answers.add(shards.replicaFetch(
                    shard,
                    new ReplicaFetch(
                            session.name,
                            stage(session, shard),
                            session.replicaId,
                            session.brokerEpoch,
                            named.getOrDefault(shard, List.of()),
                            forgotten.getOrDefault(shard, List.of()),
                            request.maxBytes() / asked.size(),
                            Math.min(request.minBytes(), request.maxBytes() / asked.size()),
                            waitMs(request),
                            ticket)));
        }
        context.link().onAbandoned(() -> {
            asked.forEach(shard -> shards.endWait(shard, ticket));
            sessions.remove(session.id).ifPresent(this::end);
        });
        endOthersAfterTheFirst(asked, answers, ticket);
        return Future.join(answers).transform(joined -> Future.succeededFuture(response(session, answers, context)));
    }

    /** A shard that has nothing left of a session would answer every fetch at once. */
    private void forgetElsewhere(Session session, List<Integer> asked, Map<Integer, List<PartitionKey>> forgotten) {
        for (int shard : forgotten.keySet()) {
            if (!asked.contains(shard) && session.begun().remove(shard)) {
                shards.endReplicaSession(shard, session.name);
            }
        }
    }

    private static Stage stage(Session session, int shard) {
        if (session.id == FetchMetadata.INVALID_SESSION_ID) {
            return Stage.ONCE;
        }
        return session.beginsIn(shard) ? Stage.BEGIN : Stage.GO_ON;
    }

    private void endOthersAfterTheFirst(List<Integer> asked, List<Future<ReplicaFetch.Answer>> answers, long ticket) {
        boolean[] ended = new boolean[1];
        for (int i = 0; asked.size() > 1 && i < asked.size(); i++) {
            int own = i;
            answers.get(i).onComplete(done -> {
                if (!ended[0]) {
                    ended[0] = true;
                    IntStream.range(0, asked.size())
                            .filter(other -> other != own)
                            .forEach(other -> shards.endWait(asked.get(other), ticket));
                }
            });
        }
    }

    private FetchResponseData response(
            Session session, List<Future<ReplicaFetch.Answer>> answers, RequestContext context) {
        Errors error = answers.stream()
                .map(ReplicaFetchHandler::errorOf)
                .filter(e -> e != Errors.NONE)
                .findFirst()
                .orElse(Errors.NONE);
        if (error != Errors.NONE) {
            answers.stream().filter(Future::succeeded).forEach(answer -> answer.result()
                    .release());
            sessions.remove(session.id).ifPresent(this::end);
            return new FetchResponseData().setErrorCode(error.code());
        }
        FetchResponseData response = new FetchResponseData().setSessionId(session.id);
        Map<Uuid, FetchableTopicResponse> topics = new LinkedHashMap<>();
        for (Future<ReplicaFetch.Answer> answer : answers) {
            for (News news : answer.result().news()) {
                topics.computeIfAbsent(news.topicId(), id -> new FetchableTopicResponse().setTopicId(id))
                        .partitions()
                        .add(responses.data(news.key().partition(), false, news.answer(), context, response));
            }
        }
        return response.setResponses(List.copyOf(topics.values()));
    }

    private static Errors errorOf(Future<ReplicaFetch.Answer> answer) {
        return answer.succeeded() ? answer.result().error() : BusException.errorOf(answer.cause());
    }

    /** A connection is not idle while it waits, so no wait outlasts what would be an idle connection's end. */
    private int waitMs(FetchRequestData request) {
        long idleMs = view.config().network().maxIdleMs();
        long waitMs = idleMs > 0 ? Math.min(request.maxWaitMs(), idleMs) : request.maxWaitMs();
        return (int) Math.max(0, waitMs);
    }

    private int shardOf(PartitionKey key) {
        return key.shard(shards.shards());
    }

    private static ReplicaFetch.Entry entry(Uuid topicId, FetchPartition partition) {
        return new ReplicaFetch.Entry(
                new FetchQuery.Entry(
                        new PartitionKey(topicId, partition.partition()),
                        partition.fetchOffset(),
                        partition.partitionMaxBytes(),
                        partition.currentLeaderEpoch(),
                        partition.lastFetchedEpoch()),
                partition.logStartOffset(),
                partition.highWatermark());
    }
}
