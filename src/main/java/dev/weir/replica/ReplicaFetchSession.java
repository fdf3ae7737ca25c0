package dev.weir.replica;

import dev.weir.partition.client.PartitionKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * An incremental fetch session from the follower's side (KIP-227): a request names what has changed since the one before, so that
 * its cost follows that. A session that is not granted, or lost, is begun again with a request that names all. Partitions that gave
 * data move to the end, so that each gets its turn. Owned by its {@link ReplicaFetcher}.
 */
final class ReplicaFetchSession {
    private final LinkedHashMap<PartitionKey, FetchPartition> wanted = new LinkedHashMap<>();
    /** What the leader's session has, once the request under way has come to it. */
    private final Set<PartitionKey> told = new HashSet<>();

    private final Set<PartitionKey> changed = new LinkedHashSet<>();
    private final Set<PartitionKey> forgotten = new LinkedHashSet<>();
    private int id = FetchMetadata.INVALID_SESSION_ID;
    private int epoch = FetchMetadata.INITIAL_EPOCH;

    boolean isEmpty() {
        return wanted.isEmpty();
    }

    /** Fetches a partition from now on, or from another place; returns whether the next request is to name it. */
    boolean put(PartitionKey key, FetchPartition partition) {
        boolean same = partition.equals(wanted.put(key, partition)) && told.contains(key);
        if (same && !changed.contains(key)) {
            return false;
        }
        forgotten.remove(key);
        changed.add(key);
        return true;
    }

    /** Fetches a partition no longer. */
    void remove(PartitionKey key) {
        if (wanted.remove(key) != null) {
            changed.remove(key);
            if (told.contains(key)) {
                forgotten.add(key);
            }
        }
    }

    /** The partition has given data: the others come first next time. */
    void moveToEnd(PartitionKey key) {
        FetchPartition partition = wanted.remove(key);
        if (partition != null) {
            wanted.put(key, partition);
        }
    }

    /** Fills in the session and the partitions of the next request; returns those that it names. */
    Collection<PartitionKey> fill(FetchRequestData request) {
        boolean full = epoch == FetchMetadata.INITIAL_EPOCH;
        List<PartitionKey> named = new ArrayList<>(full ? wanted.keySet() : changed);
        if (full) {
            told.clear();
        }
        request.setSessionId(id)
                .setSessionEpoch(epoch)
                .setTopics(topics(named))
                .setForgottenTopicsData(full ? List.of() : forgottenTopics());
        told.addAll(named);
        told.removeAll(forgotten);
        changed.clear();
        forgotten.clear();
        return named;
    }

    /** Whether anything has changed that the request under way does not name. */
    boolean hasUnnamed() {
        return !changed.isEmpty();
    }

    /** Fills in a request without a session for what the one under way does not name; returns that. */
    Collection<PartitionKey> fillUnnamed(FetchRequestData request) {
        List<PartitionKey> named = List.copyOf(changed);
        request.setSessionId(FetchMetadata.INVALID_SESSION_ID)
                .setSessionEpoch(FetchMetadata.FINAL_EPOCH)
                .setTopics(topics(named));
        return named;
    }

    /** The leader has answered in this session; 0 for none. */
    void answered(int sessionId) {
        if (sessionId == FetchMetadata.INVALID_SESSION_ID) {
            id = sessionId;
            epoch = FetchMetadata.INITIAL_EPOCH;
        } else {
            id = sessionId;
            epoch = FetchMetadata.nextEpoch(epoch);
        }
    }

    /** The leader has refused the session. */
    void refused(Errors error) {
        if (error == Errors.FETCH_SESSION_ID_NOT_FOUND) {
            id = FetchMetadata.INVALID_SESSION_ID;
        }
        epoch = FetchMetadata.INITIAL_EPOCH;
    }

    /** It is unknown whether the last request came to the leader: the session it may have is replaced. */
    void lost() {
        epoch = FetchMetadata.INITIAL_EPOCH;
    }

    private List<FetchTopic> topics(Collection<PartitionKey> keys) {
        Map<Uuid, FetchTopic> byId = new HashMap<>();
        List<FetchTopic> topics = new ArrayList<>();
        for (PartitionKey key : keys) {
            FetchTopic topic = byId.get(key.topicId());
            if (topic == null) {
                topic = new FetchTopic().setTopicId(key.topicId());
                byId.put(key.topicId(), topic);
                topics.add(topic);
            }
            FetchPartition partition = wanted.get(key);
            if (partition != null) {
                topic.partitions().add(partition);
            }
        }
        return topics;
    }

    private List<ForgottenTopic> forgottenTopics() {
        Map<Uuid, ForgottenTopic> byId = new LinkedHashMap<>();
        for (PartitionKey key : forgotten) {
            byId.computeIfAbsent(key.topicId(), topicId -> new ForgottenTopic().setTopicId(topicId))
                    .partitions()
                    .add(key.partition());
        }
        return List.copyOf(byId.values());
    }
}
