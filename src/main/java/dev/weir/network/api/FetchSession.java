package dev.weir.network.api;

import dev.weir.network.api.FetchPart.Name;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;

/**
 * An incremental fetch session (KIP-227): the partitions that a client fetches, and what it was last told of each. Partitions
 * that gave data move to the end, so that every partition gets its turn. Owned by the network verticle.
 */
final class FetchSession {
    private final int id;
    private final boolean byId;
    private final LinkedHashMap<Name, Told> partitions = new LinkedHashMap<>();
    private int nextEpoch = 1;
    private long lastUsedMs;

    FetchSession(int id, boolean byId, long nowMs) {
        this.id = id;
        this.byId = byId;
        this.lastUsedMs = nowMs;
    }

    int id() {
        return id;
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    int size() {
        return partitions.size();
    }

    /** Whether a request fits the session; if so it is taken in. */
    Errors accept(FetchRequestData request, boolean requestById, long nowMs) {
        if (request.sessionEpoch() != nextEpoch) {
            return Errors.INVALID_FETCH_SESSION_EPOCH;
        }
        if (requestById != byId) {
            return Errors.FETCH_SESSION_TOPIC_ID_ERROR;
        }
        nextEpoch = FetchMetadata.nextEpoch(nextEpoch);
        take(request, nowMs);
        return Errors.NONE;
    }

    /** Adds, changes and forgets partitions as the request says. */
    void take(FetchRequestData request, long nowMs) {
        lastUsedMs = nowMs;
        parts(request, byId).forEach(part -> {
            Told told = partitions.get(part.name());
            if (told == null) {
                partitions.put(part.name(), new Told(part.wanted()));
            } else {
                told.wanted = part.wanted();
            }
        });
        request.forgottenTopicsData().forEach(topic -> topic.partitions()
                .forEach(index -> partitions.remove(
                        new Name(byId ? "" : topic.topic(), byId ? topic.topicId() : Uuid.ZERO_UUID, index))));
    }

    /** Everything to fetch, in order. */
    List<FetchPart> parts() {
        List<FetchPart> parts = new ArrayList<>(partitions.size());
        for (Map.Entry<Name, Told> entry : partitions.entrySet()) {
            parts.add(new FetchPart(entry.getKey(), entry.getValue().wanted));
        }
        return parts;
    }

    /** Whether this answer tells the client anything new; remembers that it was told. */
    boolean isNews(Name name, PartitionData answer) {
        Told told = partitions.get(name);
        if (told == null) {
            return true;
        }
        boolean data = answer.records() != null && answer.records().sizeInBytes() > 0;
        boolean news = data
                || answer.errorCode() != Errors.NONE.code()
                || answer.highWatermark() != told.highWatermark
                || answer.logStartOffset() != told.logStartOffset
                || FetchResponse.isPreferredReplica(answer)
                || FetchResponse.isDivergingEpoch(answer);
        if (data) {
            partitions.remove(name);
            partitions.put(name, told);
        }
        told.highWatermark = answer.errorCode() == Errors.NONE.code() ? answer.highWatermark() : -1;
        told.logStartOffset = answer.logStartOffset();
        return news;
    }

    /** The partitions that a request names. */
    static List<FetchPart> parts(FetchRequestData request, boolean byId) {
        List<FetchPart> parts = new ArrayList<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                Name name = new Name(
                        byId ? "" : topic.topic(), byId ? topic.topicId() : Uuid.ZERO_UUID, partition.partition());
                parts.add(new FetchPart(name, partition));
            }
        }
        return parts;
    }

    private static final class Told {
        private FetchPartition wanted;
        private long highWatermark = -1;
        private long logStartOffset = -1;

        Told(FetchPartition wanted) {
            this.wanted = wanted;
        }
    }
}
