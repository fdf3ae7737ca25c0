package dev.weir.partition;

import dev.weir.partition.ReplicaSession.Place;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchAnswer.Unread;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import dev.weir.partition.client.ReplicaFetch.News;
import dev.weir.partition.client.ReplicaFetch.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetches of followers. Each is bounded by the log's end, says where its follower is, and is answered at once if there are
 * records, or the high watermark or the log start has moved: followers know them one fetch after their leader. What a fetch costs
 * follows what has changed since the one before. Owned by the shard.
 *
 * <p>Whatever happens in one turn of the shard makes one answer: {@link #wake} only marks, {@link #answerReady} answers.
 */
final class ReplicaFetches {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetches.class);

    private final ShardState shard;
    private final FetchReader reader;
    private final InSyncReplicas inSync;
    private final RecordDeletions deletions;
    private final Map<Long, ReplicaSession> sessions = new HashMap<>();
    private final Map<Long, ReplicaSession> waiting = new HashMap<>();
    /** The places of each partition, in all sessions. */
    private final Map<PartitionKey, Set<Place>> places = new HashMap<>();

    private final Set<ReplicaSession> ready = new LinkedHashSet<>();

    ReplicaFetches(ShardState shard, FetchReader reader, InSyncReplicas inSync, RecordDeletions deletions) {
        this.shard = shard;
        this.reader = reader;
        this.inSync = inSync;
        this.deletions = deletions;
    }

    /** Answers now, or when there is news, the time is over, or {@link #endWait} is called. */
    void fetch(ReplicaFetch fetch, long nowMs, Consumer<ReplicaFetch.Answer> answer) {
        ReplicaSession session = sessionOf(fetch);
        if (session == null) {
            answer.accept(ReplicaFetch.Answer.failed(Errors.FETCH_SESSION_ID_NOT_FOUND));
            return;
        }
        session.fetchedAt(shard.monotonicMs());
        fetch.forgotten().forEach(key -> forget(session, key));
        fetch.named().forEach(entry -> name(session, entry));
        List<Followed> followed = new ArrayList<>();
        try {
            answerOrWait(session, fetch, look(session, fetch, followed), nowMs, answer);
        } catch (RuntimeException e) {
            // It has named positions that nobody has looked at: the follower begins a new session.
            drop(session);
            throw e;
        } finally {
            followed.forEach(one -> followed(one, nowMs));
        }
    }

    private void answerOrWait(
            ReplicaSession session, ReplicaFetch fetch, Round round, long nowMs, Consumer<ReplicaFetch.Answer> answer) {
        if (round.isEnough(fetch) || session.isEmpty() || fetch.maxWaitMs() <= 0) {
            answer(session, fetch, round, answer);
        } else {
            round.release();
            long atMs = nowMs + fetch.maxWaitMs();
            session.await(
                    new ReplicaSession.Wait(fetch, shard.deadlines().schedule(atMs, () -> finish(session)), answer));
            waiting.put(fetch.ticket(), session);
        }
    }

    /** A partition in which a follower was believed, and whether the high watermark has moved by that. */
    private record Followed(Partition partition, boolean moved) {}

    private void followed(Followed one, long nowMs) {
        deletions.look(one.partition().key);
        if (one.moved()) {
            shard.afterProgress(one.partition(), nowMs);
        } else {
            inSync.look(one.partition(), nowMs);
        }
    }

    /** Answers a waiting fetch with what there is; nothing happens if it does not wait any more. */
    void endWait(long ticket) {
        ReplicaSession session = waiting.get(ticket);
        if (session != null) {
            finish(session);
        }
    }

    /** Something has happened to a partition. */
    void wake(Partition partition) {
        Set<Place> readers = places.getOrDefault(partition.key, Set.of());
        partition.replication().logEndsAt(partition.log.logEndOffset(), broker -> lastFetchMs(readers, broker));
        for (Place place : readers) {
            place.touch();
            // A fetch names only what has changed: a new session names it all.
            place.session.replaceIf(partition.replication().isForgotten(place.session.replicaId()));
            if (place.session.waiting() != null || place.session.isToBeReplaced()) {
                ready.add(place.session);
            }
        }
    }

    private static long lastFetchMs(Set<Place> readers, int broker) {
        long last = Follower.NEVER;
        for (Place place : readers) {
            if (place.session.replicaId() == broker) {
                last = Math.max(last, place.session.fetchedMs());
            }
        }
        return last;
    }

    /** Whether {@link #answerReady} has something to do. */
    boolean hasReady() {
        return !ready.isEmpty();
    }

    /** Answers the waiting fetches that have enough now, and ends the sessions whose followers are to begin new ones. */
    void answerReady() {
        List<ReplicaSession> now = List.copyOf(ready);
        ready.clear();
        for (ReplicaSession session : now) {
            ReplicaSession.Wait wait = session.waiting();
            if (wait != null) {
                try {
                    answerIfEnough(session, wait);
                } catch (RuntimeException e) {
                    LOG.error("A waiting fetch of broker {} failed", session.replicaId(), e);
                    end(session);
                }
            }
            if (session.isToBeReplaced() && sessions.get(session.id) == session) {
                endSession(session.id);
            }
        }
    }

    private void answerIfEnough(ReplicaSession session, ReplicaSession.Wait wait) {
        Round round = lookAgain(session, wait.fetch());
        if (round.isEnough(wait.fetch())) {
            end(session, wait);
            answer(session, wait.fetch(), round, wait.answer());
        } else {
            round.release();
        }
    }

    /** A first answer names all partitions, so it needs all of them. */
    private Round lookAgain(ReplicaSession session, ReplicaFetch fetch) {
        if (fetch.stage() != Stage.GO_ON) {
            session.touchAll();
        }
        return look(session, fetch, new ArrayList<>());
    }

    /** Brokers have come or gone: what former incarnations have asked for is forgotten. */
    void brokersChanged() {
        for (ReplicaSession session : List.copyOf(sessions.values())) {
            boolean registered = shard.image()
                    .broker(session.replicaId())
                    .filter(broker -> broker.epoch() == session.brokerEpoch())
                    .isPresent();
            if (!registered) {
                finish(session);
                endSession(session.id);
            }
        }
    }

    /** Forgets a session; a fetch that waits in it is answered. */
    void endSession(long id) {
        ReplicaSession session = sessions.remove(id);
        if (session != null) {
            finish(session);
            forgetAll(session);
        }
    }

    /** Answers everything that waits, at the end of the shard. */
    void endAll() {
        List.copyOf(waiting.values()).forEach(this::finish);
    }

    private @Nullable ReplicaSession sessionOf(ReplicaFetch fetch) {
        if (fetch.stage() == Stage.GO_ON) {
            ReplicaSession former = sessions.get(fetch.session());
            if (former != null) {
                finish(former);
            }
            return sessions.get(fetch.session());
        }
        ReplicaSession session = new ReplicaSession(fetch);
        if (fetch.stage() == Stage.BEGIN) {
            endSession(fetch.session());
            sessions.put(session.id, session);
        }
        return session;
    }

    private void name(ReplicaSession session, ReplicaFetch.Entry entry) {
        places.computeIfAbsent(entry.key(), key -> new LinkedHashSet<>()).add(session.name(entry));
    }

    private void forget(ReplicaSession session, PartitionKey key) {
        Place place = session.forget(key);
        Partition partition = shard.find(key);
        if (place != null && partition != null) {
            partition.replication().sessionEnds(session.replicaId(), session.brokerEpoch(), session.fetchedMs());
        }
        Set<Place> readers = places.get(key);
        if (place != null && readers != null) {
            readers.remove(place);
            if (readers.isEmpty()) {
                places.remove(key);
            }
        }
    }

    private void forgetAll(ReplicaSession session) {
        session.places().forEach(place -> forget(session, place.entry().key()));
    }

    /** Ends the wait of a session, if there is one, with what there is. */
    private void finish(ReplicaSession session) {
        ReplicaSession.Wait wait = session.waiting();
        if (wait == null) {
            return;
        }
        Round round;
        try {
            round = lookAgain(session, wait.fetch());
        } catch (RuntimeException e) {
            LOG.error("A waiting fetch of broker {} failed", session.replicaId(), e);
            end(session);
            return;
        }
        end(session, wait);
        answer(session, wait.fetch(), round, wait.answer());
    }

    /** Ends the wait of a session that cannot be looked at: the follower begins a new one. */
    private void end(ReplicaSession session) {
        ReplicaSession.Wait wait = session.waiting();
        if (wait != null) {
            end(session, wait);
            wait.answer().accept(ReplicaFetch.Answer.failed(Errors.UNKNOWN_SERVER_ERROR));
        }
        drop(session);
    }

    /** Forgets a session in which no fetch waits, or one that was never kept. */
    private void drop(ReplicaSession session) {
        sessions.remove(session.id, session);
        forgetAll(session);
    }

    private void end(ReplicaSession session, ReplicaSession.Wait wait) {
        session.endWait();
        waiting.remove(wait.fetch().ticket());
        shard.deadlines().cancel(wait.deadline());
    }

    private void answer(
            ReplicaSession session, ReplicaFetch fetch, Round round, Consumer<ReplicaFetch.Answer> receiver) {
        boolean all = fetch.stage() != Stage.GO_ON;
        List<News> news = new ArrayList<>();
        round.answers.forEach((place, answer) -> {
            if (all || place.isNews(answer)) {
                place.told(answer);
                news.add(new News(place.entry().key(), answer));
                countFailure(place, answer);
            }
        });
        if (fetch.stage() == Stage.ONCE) {
            forgetAll(session);
        }
        receiver.accept(new ReplicaFetch.Answer(Errors.NONE, news));
    }

    private void countFailure(Place place, FetchAnswer answer) {
        Partition partition = shard.find(place.entry().key());
        boolean failed = answer.error() == Errors.KAFKA_STORAGE_ERROR || answer.error() == Errors.CORRUPT_MESSAGE;
        if (failed && partition != null) {
            partition.counters.fetchFailed();
        }
    }

    /** @param followed takes the partitions in which the follower was believed */
    private Round look(ReplicaSession session, ReplicaFetch fetch, List<Followed> followed) {
        Round round = new Round(fetch.maxBytes());
        try {
            for (Place place : session.dirty()) {
                boolean named = place.takeNews();
                if (named || round.left() > 0) {
                    look(session, place, named, round, followed);
                }
            }
        } catch (RuntimeException e) {
            round.release();
            throw e;
        }
        return round;
    }

    private void look(ReplicaSession session, Place place, boolean named, Round round, List<Followed> followed) {
        FetchQuery.Entry entry = place.entry().read();
        FetchAnswer answer = reader.read(entry, session.reader, round.left(), round.isEmpty());
        Partition partition = shard.find(entry.key());
        if (named && partition != null && isBelieved(entry, answer)) {
            boolean moved = partition.followerFetched(new FollowerFetch(
                    session.replicaId(),
                    session.brokerEpoch(),
                    entry.fetchOffset(),
                    place.entry().logStartOffset(),
                    session.fetchedMs()));
            answer = answer.withEnds(partition.highWatermark(), partition.lastStableOffset());
            followed.add(new Followed(partition, moved));
        }
        round.add(place, answer);
        if (answer.unread() == Unread.NOTHING && !place.isNews(answer)) {
            place.rest();
        }
    }

    /** A position says something only if the log up to there is the leader's, in the leader epoch that both know. */
    boolean isBelieved(FetchQuery.Entry entry, FetchAnswer answer) {
        return !ReplicaSession.isProblem(answer) && entry.currentLeaderEpoch() >= 0;
    }

    /** What one look at a session has found. */
    private static final class Round {
        private final int maxBytes;
        private final Map<Place, FetchAnswer> answers = new LinkedHashMap<>();
        private int bytes;
        private boolean mustAnswer;

        Round(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        int left() {
            return Math.max(0, maxBytes - bytes);
        }

        boolean isEmpty() {
            return bytes == 0;
        }

        void add(Place place, FetchAnswer answer) {
            answers.put(place, answer);
            bytes += answer.size();
            mustAnswer |= place.mustTell(answer) || answer.unread() == Unread.REQUEST_LIMIT || answer.isWithheld();
        }

        boolean isEnough(ReplicaFetch fetch) {
            return mustAnswer || bytes >= fetch.minBytes();
        }

        void release() {
            answers.values().forEach(FetchAnswer::release);
        }
    }
}
