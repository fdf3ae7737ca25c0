package dev.weir.replica;

import dev.weir.config.BrokerConfig;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.partition.client.PartitionKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** A fetcher of broker 1 from broker 2, whose conversation with leader and shard is written down and played by the test. */
final class FetcherScript {
    static final Uuid TOPIC = new Uuid(1, 1);
    static final int SESSION = 77;

    final ReplicaCounts counts = new ReplicaCounts();
    final ReplicaFetcher fetcher =
            new ReplicaFetcher(1, 2, BrokerConfig.defaults().replicaFetch(), counts);
    long nowMs = 1_000;
    long brokerEpoch = 41;
    FetcherEffect.Fetch fetch;
    FetcherEffect.Fetch side;
    FetcherEffect.Turn turn;

    static PartitionKey key(int partition) {
        return new PartitionKey(TOPIC, partition);
    }

    /** What the fetcher wants now, one line for each effect. */
    List<String> next() {
        List<String> lines = new ArrayList<>();
        for (FetcherEffect effect : fetcher.next(nowMs, brokerEpoch)) {
            if (effect instanceof FetcherEffect.Fetch one) {
                if (one.side()) {
                    side = one;
                } else {
                    fetch = one;
                }
                lines.add((one.side() ? "beside" : "fetch") + described(one.request()));
            } else if (effect instanceof FetcherEffect.Turn one) {
                turn = one;
                lines.add("turn" + described(one));
            }
        }
        return lines;
    }

    private static String described(FetchRequestData request) {
        StringBuilder text =
                new StringBuilder(request.sessionEpoch() == 0 ? " all" : request.sessionEpoch() < 0 ? "" : " changes");
        request.topics().forEach(topic -> topic.partitions().forEach(one -> text.append(' ')
                .append(one.partition())
                .append('@')
                .append(one.fetchOffset())
                .append("/")
                .append(one.lastFetchedEpoch())
                .append(" in epoch ")
                .append(one.currentLeaderEpoch())));
        request.forgottenTopicsData().forEach(topic -> text.append(" without ").append(topic.partitions()));
        return text.toString();
    }

    private static String described(FetcherEffect.Turn turn) {
        StringBuilder text = new StringBuilder();
        turn.turn().entries().forEach(entry -> {
            text.append(' ').append(entry.key().partition()).append(' ');
            Step step = entry.step();
            if (step instanceof Step.Append append) {
                text.append("append ")
                        .append(append.batches().remaining())
                        .append(" bytes at ")
                        .append(append.at().offset());
            } else if (step instanceof Step.Diverge diverge) {
                text.append("cut by ").append(diverge.epoch()).append("->").append(diverge.endOffset());
            } else if (step instanceof Step.OutOfRange outOfRange) {
                text.append("out of range, start ").append(outOfRange.logStartOffset());
            } else {
                text.append("locate");
            }
        });
        return text.toString();
    }

    /** The leader answers the fetch that was sent last. */
    void answer(PartitionData... partitions) {
        answer(fetch.id(), SESSION, partitions);
    }

    /** The leader answers the fetch that was sent last beside that. */
    void answerBeside(PartitionData... partitions) {
        answer(side.id(), 0, partitions);
    }

    private void answer(int id, int session, PartitionData... partitions) {
        fetcher.fetched(
                id,
                new FetchResponseData()
                        .setSessionId(session)
                        .setResponses(
                                partitions.length == 0
                                        ? List.of()
                                        : List.of(new FetchableTopicResponse()
                                                .setTopicId(TOPIC)
                                                .setPartitions(Arrays.asList(partitions)))),
                nowMs);
    }

    static PartitionData records(int partition, int bytes, long highWatermark) {
        return new PartitionData()
                .setPartitionIndex(partition)
                .setHighWatermark(highWatermark)
                .setRecords(MemoryRecords.readableRecords(ByteBuffer.allocate(bytes)));
    }

    static PartitionData error(int partition, Errors error) {
        return new PartitionData().setPartitionIndex(partition).setErrorCode(error.code());
    }

    /** The shard ends the turn that was given last. */
    void outcome(Outcome... outcomes) {
        fetcher.turnEnded(turn.id(), Arrays.asList(outcomes), nowMs);
    }

    static Outcome at(long offset, int epoch) {
        return new Outcome.Done(position(offset, epoch));
    }

    static Position position(long offset, int epoch) {
        return new Position(new Place(offset, epoch), 0, 0);
    }

    static Outcome refused(Errors error) {
        return new Outcome.Refused(error, "");
    }
}
