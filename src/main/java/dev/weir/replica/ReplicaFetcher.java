package dev.weir.replica;

import dev.weir.config.ReplicaFetchSettings;
import dev.weir.partition.client.FollowerMessages.Entry;
import dev.weir.partition.client.FollowerMessages.FollowerTurn;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.partition.client.PartitionKey;
import dev.weir.replica.FollowedPartition.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of one shard that one other broker leads: which of them are fetched, from where, and what their answers ask of the
 * shard. One fetch is under way, and none while the shard is at work on its answer, so each fetch names the true ends of the logs.
 * Partitions that come while it waits for news are fetched beside it, without waiting, until it can name them too: else a new leader
 * would commit nothing for so long.
 * A partition that fails leaves the fetch, waits, and asks the shard anew where it stands; the others go on. Pure: owned by the
 * verticle, which does what {@link #next} returns after each event.
 */
final class ReplicaFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetcher.class);
    /** Errors in a row after which a partition counts as failed: until then it may wait for the metadata only. */
    private static final int FAILED = 5;
    /** The pause after a fetch beside the other one; it doubles with each. */
    private static final int SIDE_PAUSE_MS = 5;

    private final int replicaId;
    private final int leaderId;
    private final ReplicaFetchSettings settings;
    private final ReplicaCounts counts;
    private final Map<PartitionKey, FollowedPartition> partitions = new HashMap<>();
    private final ReplicaFetchSession session = new ReplicaFetchSession();
    private final RetryQueue retries;
    private final Map<Integer, List<FollowedPartition>> turns = new HashMap<>();
    private final List<FollowedPartition> answered = new ArrayList<>();
    private final List<Entry> answers = new ArrayList<>();
    private int lastId;
    private int fetching = -1;
    private int answeredFetch = -1;
    private int sideFetching = -1;
    private int sidePauseMs;
    private long sideAtMs;
    private int fetchFailures;
    private long fetchRetryAtMs = Long.MIN_VALUE;

    /** @param counts shared by the fetchers of a shard, which it outlives */
    ReplicaFetcher(int replicaId, int leaderId, ReplicaFetchSettings settings, ReplicaCounts counts) {
        this.replicaId = replicaId;
        this.leaderId = leaderId;
        this.settings = settings;
        this.counts = counts;
        this.retries = new RetryQueue(settings.backoffMs());
    }

    int leaderId() {
        return leaderId;
    }

    /**
     * Follows a partition in this epoch, from wherever its log stands; whatever is under way for another epoch is not heard, nor what
     * is for another directory: the log there may have had more, which the leader must not hear of this one.
     *
     * @param directory of this broker's log, as the metadata has it
     */
    void follow(PartitionKey key, TopicPartition name, int leaderEpoch, Uuid directory) {
        FollowedPartition known = partitions.get(key);
        if (known == null || known.leaderEpoch != leaderEpoch || !known.directory.equals(directory)) {
            unfollow(key);
            FollowedPartition followed = new FollowedPartition(key, name, leaderEpoch, directory);
            partitions.put(key, followed);
            retries.add(followed, Long.MIN_VALUE);
        }
    }

    /** Follows a partition no more. */
    void unfollow(PartitionKey key) {
        FollowedPartition gone = partitions.remove(key);
        if (gone != null) {
            session.remove(key);
            retries.remove(gone);
        }
    }

    /** Whether there is nothing to follow, and nothing under way. */
    boolean isDone() {
        return partitions.isEmpty() && fetching < 0 && sideFetching < 0 && turns.isEmpty();
    }

    /**
     * What is to be done now.
     *
     * @param brokerEpoch of this broker's registration; negative while it is not known, and nothing is fetched
     */
    List<FetcherEffect> next(long nowMs, long brokerEpoch) {
        List<FetcherEffect> effects = new ArrayList<>(2);
        if (!answers.isEmpty()) {
            effects.add(turn(List.copyOf(answered), List.copyOf(answers), answeredFetch));
            answered.clear();
            answers.clear();
        }
        List<FollowedPartition> due = retries.takeDue(nowMs);
        if (!due.isEmpty()) {
            due.forEach(partition -> partition.stage = Stage.LOCATING);
            effects.add(turn(
                    due,
                    due.stream()
                            .map(partition -> new Entry(partition.key, partition.leaderEpoch, new Step.Locate()))
                            .toList(),
                    -1));
        }
        if (brokerEpoch >= 0 && waitsToFetch() && nowMs >= fetchRetryAtMs) {
            effects.add(fetch(brokerEpoch));
        } else if (brokerEpoch >= 0 && waitsToFetchBeside() && nowMs >= sideAtMs) {
            effects.add(fetchBeside(brokerEpoch));
        }
        return effects;
    }

    private boolean waitsToFetch() {
        return fetching < 0 && sideFetching < 0 && turns.isEmpty() && !session.isEmpty();
    }

    private boolean waitsToFetchBeside() {
        return fetching >= 0 && sideFetching < 0 && turns.isEmpty() && session.hasUnnamed();
    }

    /** When to call {@link #next} though nothing has happened; {@link Long#MAX_VALUE} for never. */
    long nextMs() {
        long fetchMs = waitsToFetch() ? fetchRetryAtMs : waitsToFetchBeside() ? sideAtMs : Long.MAX_VALUE;
        return Math.min(retries.nextMs(), fetchMs);
    }

    /**
     * The leader has answered a fetch; records in it are used until the turn has ended that follows. If this throws, nothing of the
     * answer is used, and the session is begun again.
     */
    void fetched(int id, FetchResponseData response, long nowMs) {
        try {
            if (id == sideFetching) {
                fetchedBeside(id, response, nowMs);
            } else if (id == fetching) {
                fetching = -1;
                fetchedInSession(id, response, nowMs);
            }
        } catch (RuntimeException e) {
            forget(String.valueOf(e), nowMs);
            throw e;
        }
    }

    private void forget(String why, long nowMs) {
        List<FollowedPartition> taken = List.copyOf(answered);
        answered.clear();
        answers.clear();
        taken.forEach(partition -> pause(partition, why, nowMs));
        session.lost();
        pauseAll(why, nowMs);
    }

    private void fetchedInSession(int id, FetchResponseData response, long nowMs) {
        Errors error = Errors.forCode(response.errorCode());
        if (error != Errors.NONE) {
            session.refused(error);
            pauseAll("it refuses the fetch session: " + error, nowMs);
            return;
        }
        session.answered(response.sessionId());
        boolean anyKnown = response.responses().isEmpty();
        for (FetchableTopicResponse topic : response.responses()) {
            for (PartitionData data : topic.partitions()) {
                FollowedPartition partition = partitions.get(new PartitionKey(topic.topicId(), data.partitionIndex()));
                if (partition != null && partition.stage == Stage.FETCHING) {
                    anyKnown = true;
                    if (partition.sentIn >= 0) {
                        take(partition, data, nowMs);
                    }
                }
            }
        }
        if (anyKnown) {
            if (fetchFailures >= FAILED) {
                LOG.info("Broker {} answers fetches again", leaderId);
            }
            fetchFailures = 0;
            fetchRetryAtMs = Long.MIN_VALUE;
        } else {
            pauseAll("it names no partition that was asked for", nowMs);
        }
        answeredFetch = id;
    }

    private void fetchedBeside(int id, FetchResponseData response, long nowMs) {
        endSide(nowMs);
        for (FetchableTopicResponse topic : response.responses()) {
            for (PartitionData data : topic.partitions()) {
                FollowedPartition partition = partitions.get(new PartitionKey(topic.topicId(), data.partitionIndex()));
                if (partition != null && partition.stage == Stage.FETCHING && partition.sideSentIn == id) {
                    take(partition, data, nowMs);
                }
            }
        }
        answeredFetch = id;
    }

    private void endSide(long nowMs) {
        sideFetching = -1;
        sideAtMs = nowMs + sidePauseMs;
        sidePauseMs = Math.min(2 * sidePauseMs, settings.waitMaxMs());
    }

    /** A fetch was not answered. */
    void fetchFailed(int id, String why, long nowMs) {
        if (id == sideFetching) {
            endSide(nowMs);
        }
        if (id != fetching) {
            return;
        }
        fetching = -1;
        session.lost();
        pauseAll(why, nowMs);
    }

    /** The shard has taken a turn. */
    void turnEnded(int id, List<Outcome> outcomes, long nowMs) {
        List<FollowedPartition> inTurn = Objects.requireNonNull(turns.remove(id));
        for (int i = 0; i < inTurn.size(); i++) {
            FollowedPartition partition = inTurn.get(i);
            counts.count(outcomes.get(i), partition.appendingBytes);
            if (partitions.get(partition.key) == partition) {
                settle(partition, outcomes.get(i), nowMs);
            }
        }
    }

    FetcherStats stats() {
        int failed = 0;
        long maxLag = 0;
        for (FollowedPartition partition : partitions.values()) {
            failed += partition.failures >= FAILED ? 1 : 0;
            maxLag = Math.max(maxLag, partition.lag);
        }
        return new FetcherStats(leaderId, partitions.size(), failed, maxLag);
    }

    private FetcherEffect.Turn turn(List<FollowedPartition> inTurn, List<Entry> entries, int ofFetch) {
        int id = ++lastId;
        turns.put(id, inTurn);
        return new FetcherEffect.Turn(id, new FollowerTurn(entries), ofFetch);
    }

    private FetcherEffect.Fetch fetch(long brokerEpoch) {
        int id = ++lastId;
        FetchRequestData request =
                request(brokerEpoch).setMaxWaitMs(settings.waitMaxMs()).setMinBytes(settings.minBytes());
        for (PartitionKey key : session.fill(request)) {
            FollowedPartition named = partitions.get(key);
            if (named != null && named.sentIn < 0) {
                named.sentIn = id;
            }
        }
        fetching = id;
        sidePauseMs = SIDE_PAUSE_MS;
        sideAtMs = Long.MIN_VALUE;
        return new FetcherEffect.Fetch(id, request, false);
    }

    private FetcherEffect.Fetch fetchBeside(long brokerEpoch) {
        int id = ++lastId;
        FetchRequestData request = request(brokerEpoch).setMaxWaitMs(0).setMinBytes(0);
        for (PartitionKey key : session.fillUnnamed(request)) {
            FollowedPartition named = partitions.get(key);
            if (named != null) {
                named.sideSentIn = id;
            }
        }
        sideFetching = id;
        return new FetcherEffect.Fetch(id, request, true);
    }

    private FetchRequestData request(long brokerEpoch) {
        return new FetchRequestData()
                .setReplicaState(new ReplicaState().setReplicaId(replicaId).setReplicaEpoch(brokerEpoch))
                .setMaxBytes(settings.responseMaxBytes());
    }

    private void take(FollowedPartition partition, PartitionData data, long nowMs) {
        Place at = Objects.requireNonNull(partition.position).place();
        Errors error = Errors.forCode(data.errorCode());
        if (error == Errors.OFFSET_OUT_OF_RANGE) {
            answer(partition, new Step.OutOfRange(at, data.logStartOffset()), 0);
        } else if (error != Errors.NONE) {
            pause(partition, "broker " + leaderId + " refuses it: " + error, nowMs);
        } else if (FetchResponse.isDivergingEpoch(data)) {
            FetchResponseData.EpochEndOffset diverging = data.divergingEpoch();
            answer(partition, new Step.Diverge(at, diverging.epoch(), diverging.endOffset()), 0);
        } else {
            ByteBuffer batches =
                    data.records() instanceof MemoryRecords records ? records.buffer() : ByteBuffer.allocate(0);
            partition.leaderHighWatermark = data.highWatermark();
            if (batches.hasRemaining()) {
                session.moveToEnd(partition.key);
            }
            answer(
                    partition,
                    new Step.Append(at, batches, data.highWatermark(), data.logStartOffset()),
                    batches.remaining());
        }
    }

    private void answer(FollowedPartition partition, Step step, int bytes) {
        partition.stage = Stage.APPENDING;
        partition.appendingBytes = bytes;
        answered.add(partition);
        answers.add(new Entry(partition.key, partition.leaderEpoch, step));
    }

    private void settle(FollowedPartition partition, Outcome outcome, long nowMs) {
        boolean appended = partition.stage == Stage.APPENDING;
        partition.appendingBytes = 0;
        if (outcome instanceof Outcome.Done done) {
            partition.failures = appended ? 0 : partition.failures;
            fetchFrom(partition, done.position());
        } else if (outcome instanceof Outcome.Cut cut) {
            boolean moved = partition.position == null
                    || !partition.position.place().equals(cut.position().place());
            if (moved) {
                fetchFrom(partition, cut.position());
            } else {
                pause(partition, "nothing is left to cut, and broker " + leaderId + " does not have its end", nowMs);
            }
        } else if (outcome instanceof Outcome.Misplaced misplaced) {
            if (partition.failures == 0) {
                partition.failures++;
                fetchFrom(partition, misplaced.position());
            } else {
                pause(partition, "its log is changed by others", nowMs);
            }
        } else if (outcome instanceof Outcome.Refused refused) {
            pause(partition, "its log refuses it: " + refused.error() + ", " + refused.message(), nowMs);
        }
    }

    private void fetchFrom(FollowedPartition partition, Position position) {
        partition.standsAt(position);
        boolean isNews = session.put(
                partition.key,
                new FetchPartition()
                        .setPartition(partition.key.partition())
                        .setCurrentLeaderEpoch(partition.leaderEpoch)
                        .setFetchOffset(position.place().offset())
                        .setLastFetchedEpoch(position.place().lastEpoch())
                        .setLogStartOffset(position.logStartOffset())
                        .setPartitionMaxBytes(settings.maxBytes())
                        .setHighWatermark(position.highWatermark()));
        partition.sideSentIn = -1;
        if (isNews) {
            partition.sentIn = -1;
        }
    }

    private void pause(FollowedPartition partition, String why, long nowMs) {
        partition.failures++;
        partition.stage = Stage.WAITING;
        session.remove(partition.key);
        retries.add(partition, nowMs + retries.pauseMs(partition.failures));
        if (partition.failures == FAILED) {
            LOG.warn(
                    "{} is not copied from broker {} in epoch {}, which is tried on: {}",
                    partition.name,
                    leaderId,
                    partition.leaderEpoch,
                    why);
        } else {
            LOG.debug("{} pauses in epoch {}: {}", partition.name, partition.leaderEpoch, why);
        }
    }

    private void pauseAll(String why, long nowMs) {
        fetchFailures++;
        fetchRetryAtMs = nowMs + retries.pauseMs(fetchFailures);
        if (fetchFailures == FAILED) {
            LOG.warn("Nothing is fetched from broker {}, which is tried on: {}", leaderId, why);
        } else {
            LOG.debug("A fetch from broker {} failed: {}", leaderId, why);
        }
    }
}
