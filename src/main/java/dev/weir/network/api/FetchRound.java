package dev.weir.network.api;

import dev.weir.bus.BusException;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchAnswer.Unread;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionReadClient;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One fetch over the shards that hold its partitions. A single shard reads and waits by itself. Several are asked at once, each
 * with a part of the bytes, so that nothing is read in vain. Each waits for its share of what is missing; the first to return
 * ends the wait of the others, and if all together is still too little the next round waits for a share of the rest. By the
 * pigeonhole principle no wake-up is missed. Bytes that a shard had no use for then go to one that has more to give. Lives on
 * the network verticle's event loop until its future completes.
 */
final class FetchRound {
    private final PartitionReadClient partitions;
    private final FetchAnswer[] answers;
    private final int maxBytes;
    private final int minBytes;
    private final boolean readCommitted;
    private final int replicaId;
    private final long brokerEpoch;
    private final Map<Integer, FetchShare> shares = new TreeMap<>();
    private final @Nullable FetchShare[] shareOf;
    private final FetchQuery.Entry[] entries;
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
        this.shareOf = new FetchShare[parts];
        this.entries = new FetchQuery.Entry[parts];
        this.maxBytes = Math.max(0, maxBytes);
        this.minBytes = minBytes;
        this.readCommitted = readCommitted;
        this.replicaId = replicaId;
        this.brokerEpoch = brokerEpoch;
    }

    /** A partition that no shard needs to be asked for. */
    void fail(int place, Errors error) {
        answers[place] = FetchAnswer.failed(error, null);
        failed = true;
    }

    /** A partition to read. */
    void add(int place, FetchQuery.Entry entry) {
        FetchShare share = shares.computeIfAbsent(entry.key().shard(partitions.shards()), FetchShare::new);
        share.add(place, entry);
        shareOf[place] = share;
        entries[place] = entry;
    }

    /** Reads; the caller owns the answers, which are in the order of the places. */
    Future<FetchAnswer[]> run(int maxWaitMs) {
        if (shares.isEmpty()) {
            return Future.succeededFuture(answers);
        }
        FetchShare.deal(shares.values(), maxBytes, minBytes);
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
        FetchShare first =
                Arrays.stream(shareOf).filter(Objects::nonNull).findFirst().orElseThrow();
        List<Future<List<FetchAnswer>>> reads = new ArrayList<>();
        for (FetchShare part : shares.values()) {
            int wanted = shares.size() == 1 ? minBytes : part.bytes(answers) + Math.max(minBytes > 0 ? 1 : 0, share);
            reads.add(ask(part, part.entries, part.budget(), part == first, wanted, maxWaitMs));
        }
        if (shares.size() > 1) {
            endOthersAfterTheFirst(reads);
        }
        return Future.join(reads).transform(joined -> {
            take(reads);
            if (shares.size() == 1) {
                return Future.succeededFuture(answers);
            }
            long elapsedMs = (System.nanoTime() - startNanos) / 1_000_000;
            if (total() >= minBytes || elapsedMs >= maxWaitMs || mustAnswer() || abandoned) {
                return readFirst().compose(done -> readRest()).map(done -> trim());
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

    private Future<List<FetchAnswer>> ask(
            FetchShare share,
            List<FetchQuery.Entry> entries,
            int budget,
            boolean firstWhole,
            int wanted,
            int maxWaitMs) {
        return partitions.fetch(
                share.shard,
                new FetchQuery(
                        entries, budget, firstWhole, wanted, maxWaitMs, readCommitted, replicaId, brokerEpoch, ticket));
    }

    private void take(List<Future<List<FetchAnswer>>> reads) {
        int next = 0;
        for (FetchShare part : shares.values()) {
            Future<List<FetchAnswer>> read = reads.get(next++);
            for (int i = 0; i < part.places.size(); i++) {
                answers[part.places.get(i)] = read.succeeded()
                        ? read.result().get(i)
                        : FetchAnswer.failed(BusException.errorOf(read.cause()), null);
            }
        }
    }

    /** The first batch of the whole request comes whatever its size, also when its shard did not know that it is the first. */
    private Future<?> readFirst() {
        int first = firstReadable();
        if (first < 0 || answers[first].size() > 0 || abandoned) {
            return Future.succeededFuture();
        }
        return ask(share(first), List.of(entries[first]), maxBytes, true, 0, 0)
                .onSuccess(read -> answers[first] = read.get(0))
                .otherwiseEmpty();
    }

    /** While less than half is used, one shard after the other may give more, in the order of the request. */
    private Future<?> readRest() {
        int place = IntStream.range(0, answers.length)
                .filter(this::mayGiveMore)
                .findFirst()
                .orElse(-1);
        if (place < 0 || 2L * total() >= maxBytes || hasError() || abandoned) {
            return Future.succeededFuture();
        }
        FetchShare share = share(place);
        share.giveRest();
        int left = maxBytes - (total() - share.bytes(answers));
        boolean holdsFirst = shareOf[firstReadable()] == share;
        return ask(share, share.entries, left, holdsFirst, 0, 0)
                .onSuccess(read -> replace(share, read))
                .otherwiseEmpty()
                .compose(done -> readRest());
    }

    private boolean mayGiveMore(int place) {
        FetchShare share = shareOf[place];
        return share != null && !share.hasRest() && answers[place].unread() == Unread.REQUEST_LIMIT;
    }

    private void replace(FetchShare share, List<FetchAnswer> read) {
        for (int i = 0; i < read.size(); i++) {
            int place = share.places.get(i);
            answers[place].release();
            answers[place] = read.get(i);
        }
    }

    /** The first place that has records, given or withheld; -1 if none has. */
    private int firstReadable() {
        return IntStream.range(0, answers.length)
                .filter(place -> answers[place].size() > 0 || answers[place].isWithheld())
                .findFirst()
                .orElse(-1);
    }

    private int total() {
        return Arrays.stream(answers).mapToInt(a -> a == null ? 0 : a.size()).sum();
    }

    private boolean hasError() {
        return Arrays.stream(answers).anyMatch(a -> a.error() != Errors.NONE || a.diverging() != null);
    }

    private boolean mustAnswer() {
        return hasError() || Arrays.stream(answers).anyMatch(a -> a.unread() == Unread.REQUEST_LIMIT || a.isWithheld());
    }

    private void release() {
        Arrays.stream(answers).forEach(FetchAnswer::release);
    }

    /** Gives back what exceeds a limit behind the first batch; it is fetched next time. */
    private FetchAnswer[] trim() {
        long used = 0;
        for (int place = 0; place < answers.length; place++) {
            int size = answers[place].size();
            if (used > 0 && size > 0 && size > Math.min(entries[place].maxBytes(), maxBytes - used)) {
                answers[place] = answers[place].withoutBytes();
            } else {
                used += size;
            }
        }
        return answers;
    }

    private FetchShare share(int place) {
        return Objects.requireNonNull(shareOf[place]);
    }
}
