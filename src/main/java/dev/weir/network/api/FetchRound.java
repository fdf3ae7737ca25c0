package dev.weir.network.api;

import dev.weir.bus.BusException;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionReadClient;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/**
 * One fetch over the shards that hold its partitions. A single shard reads and waits by itself. Of several, each waits for its
 * share of what is missing; the first to answer ends the wait of the others, and if all together is still too little the next
 * round waits for a share of the rest. By the pigeonhole principle no wake-up is missed. Lives on the network verticle's
 * event loop until its future completes.
 */
final class FetchRound {
    private final PartitionReadClient partitions;
    private final FetchAnswer[] answers;
    private final int maxBytes;
    private final int minBytes;
    private final boolean readCommitted;
    private final int replicaId;
    private final long brokerEpoch;
    private final Map<Integer, Share> shares = new TreeMap<>();
    private boolean failed;
    private boolean abandoned;
    private long ticket;

    FetchRound(
            PartitionReadClient partitions,
            int parts,
            int maxBytes,
            int minBytes,
            boolean readCommitted,
            int replicaId,
            long brokerEpoch) {
        this.partitions = partitions;
        this.answers = new FetchAnswer[parts];
        this.maxBytes = maxBytes;
        this.minBytes = minBytes;
        this.readCommitted = readCommitted;
        this.replicaId = replicaId;
        this.brokerEpoch = brokerEpoch;
    }

    /** A partition that no shard needs to be asked for. */
    void fail(int place, Errors error) {
        answers[place] = new FetchAnswer(error, -1, -1, -1, null, List.of(), null, null);
        failed = true;
    }

    /** A partition to read. */
    void add(int place, FetchQuery.Entry entry) {
        Share share = shares.computeIfAbsent(entry.key().shard(partitions.shards()), s -> new Share());
        share.places.add(place);
        share.entries.add(entry);
    }

    /** Reads; the caller owns the answers, which are in the order of the places. */
    Future<FetchAnswer[]> run(int maxWaitMs) {
        if (shares.isEmpty()) {
            return Future.succeededFuture(answers);
        }
        // An error is answered at once, as a waiting client would otherwise learn of it late.
        return round(failed ? 0 : maxWaitMs, System.nanoTime());
    }

    /** Nobody waits for the answers any more: ends every wait, so that they come at once. */
    void abandon() {
        abandoned = true;
        shares.keySet().forEach(shard -> partitions.endWait(shard, ticket));
    }

    private Future<FetchAnswer[]> round(int maxWaitMs, long startNanos) {
        ticket = PartitionClient.nextTicket();
        int missing = Math.max(0, minBytes - total());
        int share = (missing + shares.size() - 1) / shares.size();
        List<Future<List<FetchAnswer>>> reads = new ArrayList<>();
        shares.forEach((shard, part) -> reads.add(partitions.fetch(shard, query(part, share, maxWaitMs))));
        if (shares.size() > 1) {
            endOthersAfterTheFirst(reads);
        }
        return Future.join(reads).transform(joined -> {
            take(reads);
            long elapsedMs = (System.nanoTime() - startNanos) / 1_000_000;
            boolean enough = total() >= minBytes || elapsedMs >= maxWaitMs || hasError() || abandoned;
            if (enough || shares.size() == 1) {
                trim();
                return Future.succeededFuture(answers);
            }
            release();
            return round((int) (maxWaitMs - elapsedMs), System.nanoTime());
        });
    }

    /** Once all are asked, since one may be refused at once. */
    private void endOthersAfterTheFirst(List<Future<List<FetchAnswer>>> reads) {
        long round = ticket;
        boolean[] ended = new boolean[1];
        int next = 0;
        for (int shard : shares.keySet()) {
            reads.get(next++).onComplete(done -> {
                if (!ended[0]) {
                    ended[0] = true;
                    shares.keySet().stream()
                            .filter(other -> other != shard)
                            .forEach(other -> partitions.endWait(other, round));
                }
            });
        }
    }

    private FetchQuery query(Share part, int share, int maxWaitMs) {
        int wanted = shares.size() == 1 ? minBytes : part.bytes(answers) + Math.max(minBytes > 0 ? 1 : 0, share);
        return new FetchQuery(part.entries, maxBytes, wanted, maxWaitMs, readCommitted, replicaId, brokerEpoch, ticket);
    }

    private void take(List<Future<List<FetchAnswer>>> reads) {
        int next = 0;
        for (Share part : shares.values()) {
            Future<List<FetchAnswer>> read = reads.get(next++);
            for (int i = 0; i < part.places.size(); i++) {
                answers[part.places.get(i)] = read.succeeded()
                        ? read.result().get(i)
                        : new FetchAnswer(BusException.errorOf(read.cause()), -1, -1, -1, null, List.of(), null, null);
            }
        }
    }

    private int total() {
        return Arrays.stream(answers).mapToInt(a -> a == null ? 0 : a.size()).sum();
    }

    private boolean hasError() {
        return Arrays.stream(answers).anyMatch(a -> a.error() != Errors.NONE || a.diverging() != null);
    }

    private void release() {
        Arrays.stream(answers).forEach(FetchAnswer::release);
    }

    /** Every shard had the whole budget; what exceeds it in the client's order goes back and is fetched next time. */
    private void trim() {
        long used = 0;
        for (int i = 0; i < answers.length; i++) {
            FetchAnswer answer = answers[i];
            if (used > 0 && answer.size() > 0 && used + answer.size() > maxBytes) {
                answer.release();
                answers[i] = new FetchAnswer(
                        answer.error(),
                        answer.highWatermark(),
                        answer.lastStableOffset(),
                        answer.logStartOffset(),
                        null,
                        List.of(),
                        null,
                        null);
            } else {
                used += answer.size();
            }
        }
    }

    private static final class Share {
        private final List<Integer> places = new ArrayList<>();
        private final List<FetchQuery.Entry> entries = new ArrayList<>();

        int bytes(FetchAnswer[] answers) {
            return places.stream()
                    .mapToInt(place -> answers[place] == null ? 0 : answers[place].size())
                    .sum();
        }
    }
}
