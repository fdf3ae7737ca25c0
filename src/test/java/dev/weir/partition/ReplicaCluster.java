package dev.weir.partition;

import dev.weir.config.LogConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Outcome.Cut;
import dev.weir.partition.client.FollowerMessages.Outcome.Done;
import dev.weir.partition.client.FollowerMessages.Outcome.Misplaced;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.FollowerMessages.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Several brokers with a replica each of one partition, and the metadata that each has read some way. */
final class ReplicaCluster {
    private static final int FETCH_BYTES = 1 << 20;

    final List<ReplicaNode> nodes;
    /** Records since the first image. */
    final List<MetadataRecord> metadata = new ArrayList<>();

    private final ClusterImage first;
    private final Map<Integer, Integer> read = new HashMap<>();
    int fetchBytes = FETCH_BYTES;

    /** Brokers from 1 on, all in sync; the first one leads in epoch 0. */
    ReplicaCluster(int size, LogConfig config) {
        first = ShardMetadata.image(IntStream.rangeClosed(1, size).boxed().toArray(Integer[]::new));
        nodes = IntStream.rangeClosed(1, size)
                .mapToObj(id -> new ReplicaNode(id, config))
                .toList();
        nodes.forEach(node -> node.start(first));
    }

    ReplicaNode node(int id) {
        return nodes.get(id - 1);
    }

    ClusterImage image() {
        ClusterImage image = first;
        for (MetadataRecord record : metadata) {
            image = image.apply(record);
        }
        return image;
    }

    /** The controller writes a record, which nobody has read yet. */
    void decide(PartitionChangeRecord change) {
        metadata.add(change);
    }

    static PartitionChangeRecord change() {
        return PartitionChangeRecord.of(ShardFixture.TOPIC, 0);
    }

    /** Elects, and all that are up hear of it. */
    void elect(int leader) {
        decide(change().withLeader(leader));
        tellAll();
    }

    void tellAll() {
        nodes.stream().filter(node -> node.up).forEach(this::tell);
    }

    /** The node reads all metadata that there is, as one change. */
    void tell(ReplicaNode node) {
        int from = read.getOrDefault(node.id, 0);
        if (from < metadata.size()) {
            node.apply(List.copyOf(metadata.subList(from, metadata.size())));
            read.put(node.id, metadata.size());
        }
    }

    /** Comes up having read all metadata. */
    void start(ReplicaNode node) {
        node.start(image());
        read.put(node.id, metadata.size());
    }

    /** Comes up having read what it had read before. */
    void startBehind(ReplicaNode node) {
        ClusterImage image = first;
        for (MetadataRecord record : metadata.subList(0, read.getOrDefault(node.id, 0))) {
            image = image.apply(record);
        }
        node.start(image);
    }

    /** Appends one batch with a record for each value, acknowledged when it is written. */
    AppendResult produce(ReplicaNode leader, String... values) {
        return leader.append(1, batch(leader.nowMs, values)).only();
    }

    static ByteBuffer batch(long timestamp, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(timestamp, values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        0,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        RecordBatch.NO_PRODUCER_ID,
                        (short) -1,
                        RecordBatch.NO_SEQUENCE,
                        -1,
                        false,
                        records)
                .buffer();
    }

    /** Follows until two rounds bring nothing; returns how many fetches it took. */
    int follow(ReplicaNode follower, ReplicaNode leader) {
        int fetches = 0;
        int idle = 0;
        while (idle < 2) {
            Position before = locate(follower);
            Outcome outcome = round(follower, leader);
            fetches++;
            idle = locate(follower).equals(before) && !(outcome instanceof Cut) ? idle + 1 : 0;
            if (fetches > 200) {
                throw new AssertionError(follower.id + " does not agree with " + leader.id + ": " + outcome);
            }
        }
        return fetches;
    }

    /** One fetch and what comes of it, from where the follower's log stands. */
    Outcome round(ReplicaNode follower, ReplicaNode leader) {
        int epoch = follower.partition().leaderEpoch();
        Outcome located = follower.follow(epoch, new Step.Locate());
        if (!(located instanceof Done done)) {
            return located;
        }
        Place place = done.position().place();
        FetchAnswer answer = leader.fetchedBy(follower.id, place.offset(), fetchBytes, epoch, place.lastEpoch());
        return follower.followLater(epoch, step(place, answer)).only();
    }

    static Position locate(ReplicaNode follower) {
        return positionIn(follower.follow(follower.partition().leaderEpoch(), new Step.Locate()));
    }

    static Position positionIn(Outcome outcome) {
        if (outcome instanceof Done done) {
            return done.position();
        } else if (outcome instanceof Cut cut) {
            return cut.position();
        } else if (outcome instanceof Misplaced misplaced) {
            return misplaced.position();
        }
        throw new AssertionError("no position in " + outcome);
    }

    /** What a fetcher makes of a leader's answer. */
    static Step step(Place place, FetchAnswer answer) {
        if (answer.error() == Errors.OFFSET_OUT_OF_RANGE) {
            return new Step.OutOfRange(place, answer.logStartOffset());
        }
        if (answer.error() != Errors.NONE) {
            throw new AssertionError("fetched at " + place + ": " + answer.error());
        }
        FetchAnswer.Diverging diverging = answer.diverging();
        if (diverging != null) {
            return new Step.Diverge(place, diverging.epoch(), diverging.endOffset());
        }
        return new Step.Append(place, bytesOf(answer), answer.highWatermark(), answer.logStartOffset());
    }

    static ByteBuffer bytesOf(FetchAnswer answer) {
        if (!(answer.bytes() instanceof SliceBytes bytes)) {
            return ByteBuffer.allocate(0);
        }
        try {
            return bytes.slice().toBuffer();
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            answer.release();
        }
    }

    /** Every record as {@code offset@epoch:value}, each batch checked. */
    static List<String> records(ReplicaNode node) {
        return records(node, 0, Long.MAX_VALUE);
    }

    /** The records at or above an offset and below another one. */
    static List<String> records(ReplicaNode node, long from, long below) {
        List<String> found = new ArrayList<>();
        for (MutableRecordBatch batch : batches(node)) {
            batch.ensureValid();
            batch.forEach(record -> {
                if (record.offset() >= from && record.offset() < below) {
                    found.add(record.offset() + "@" + batch.partitionLeaderEpoch() + ":"
                            + StandardCharsets.UTF_8.decode(record.value()));
                }
            });
        }
        return found;
    }

    static List<MutableRecordBatch> batches(ReplicaNode node) {
        List<MutableRecordBatch> found = new ArrayList<>();
        try {
            var log = node.partition().log;
            long next = log.logStartOffset();
            while (next < log.logEndOffset()) {
                ByteBuffer bytes = log.readBatches(next, 1 << 20);
                if (!bytes.hasRemaining()) {
                    break;
                }
                for (MutableRecordBatch batch :
                        MemoryRecords.readableRecords(bytes).batches()) {
                    found.add(batch);
                    next = batch.nextOffset();
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }
}
