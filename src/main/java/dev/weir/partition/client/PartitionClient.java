package dev.weir.partition.client;

import dev.weir.bus.Address;
import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * How other verticles reach the partitions of this broker. A request that touches many partitions goes out as one message for
 * each shard; answers come in the order of the entries. Immutable; shared by all verticles.
 */
public final class PartitionClient implements PartitionReadClient, ReplicaFetchClient {
    private static final AtomicLong TICKETS = new AtomicLong();

    private final LocalBus bus;
    private final List<PartitionAddresses> shards;

    public PartitionClient(LocalBus bus, int shards) {
        this.bus = bus;
        this.shards =
                IntStream.range(0, shards).mapToObj(PartitionAddresses::of).toList();
    }

    @Override
    public int shards() {
        return shards.size();
    }

    /** Appends to many partitions; each entry gets its result, also when a shard fails as a whole. */
    public Future<List<AppendResult>> append(AppendRequest request) {
        WrittenParts parts = new WrittenParts(request.written());
        Future<List<AppendResult>> answer = scatter(request.entries(), AppendRequest.Entry::key, (shard, entries) -> {
            WrittenParts.Part part = parts.add();
            return ask(shard.append(), request.part(entries, part), entries, error -> AppendResult.failed(error, null))
                    .onComplete(done -> part.answered());
        });
        parts.all();
        return answer;
    }

    @Override
    public Future<List<FetchAnswer>> fetch(int shard, FetchQuery query) {
        return bus.ask(shards.get(shard).fetch(), query);
    }

    @Override
    public Future<ReplicaFetch.Answer> replicaFetch(int shard, ReplicaFetch fetch) {
        return bus.ask(shards.get(shard).replicaFetch(), fetch);
    }

    @Override
    public void endReplicaSession(int shard, long session) {
        bus.ask(shards.get(shard).endReplicaSession(), session);
    }

    @Override
    public void endWait(int shard, long ticket) {
        bus.ask(shards.get(shard).endWait(), ticket);
    }

    /** A ticket for a fetch. */
    public static long nextTicket() {
        return TICKETS.incrementAndGet();
    }

    /** Finds offsets by time. */
    public Future<List<OffsetMessages.OffsetAnswer>> listOffsets(OffsetMessages.ListOffsets request) {
        return scatter(
                request.entries(),
                OffsetMessages.OffsetEntry::key,
                (shard, entries) -> ask(
                        shard.listOffsets(),
                        new OffsetMessages.ListOffsets(entries, request.replicaId(), request.readCommitted()),
                        entries,
                        OffsetMessages.OffsetAnswer::failed));
    }

    /** Finds where leader epochs end. */
    public Future<List<OffsetMessages.EpochAnswer>> epochEnds(OffsetMessages.EpochEnds request) {
        return scatter(
                request.entries(),
                OffsetMessages.EpochEntry::key,
                (shard, entries) -> ask(
                        shard.epochEnds(),
                        new OffsetMessages.EpochEnds(entries),
                        entries,
                        error -> new OffsetMessages.EpochAnswer(error, -1, -1)));
    }

    /** Deletes records below offsets. */
    public Future<List<OffsetMessages.DeleteAnswer>> deleteRecords(OffsetMessages.DeleteRecords request) {
        return scatter(
                request.entries(),
                OffsetMessages.DeleteEntry::key,
                (shard, entries) -> ask(
                        shard.deleteRecords(),
                        new OffsetMessages.DeleteRecords(entries, request.timeoutMs()),
                        entries,
                        error -> new OffsetMessages.DeleteAnswer(error, -1)));
    }

    /** Reads batches to the heap. */
    public Future<LogMessages.LogBytes> readLog(LogMessages.ReadLog request) {
        return bus.ask(of(request.key()).readLog(), request);
    }

    /** Describes these logs, or all when there are none named, in no order. */
    public Future<List<LogMessages.LogDescription>> describeLogs(List<PartitionKey> keys) {
        List<Future<List<LogMessages.LogDescription>>> answers = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            int shard = i;
            List<PartitionKey> own =
                    keys.stream().filter(k -> k.shard(shards.size()) == shard).toList();
            if (keys.isEmpty() || !own.isEmpty()) {
                answers.add(bus.ask(shards.get(shard).describeLogs(), new LogMessages.DescribeLogs(own)));
            }
        }
        return Future.all(answers).map(all -> all.<List<LogMessages.LogDescription>>list().stream()
                .flatMap(List::stream)
                .toList());
    }

    /**
     * Has logs moved to other log directories; the answers come when the moves have begun. A partition that is not here is to
     * be put there when it comes.
     */
    public Future<List<Errors>> alterLogDirs(List<LogMessages.AlterLogDir> entries) {
        return scatter(
                entries,
                LogMessages.AlterLogDir::key,
                (shard, part) -> ask(shard.alterLogDirs(), new LogMessages.AlterLogDirs(part), part, error -> error));
    }

    /** The producers that a partition remembers. */
    public Future<LogMessages.Producers> describeProducers(PartitionKey key) {
        return bus.ask(of(key).describeProducers(), new LogMessages.DescribeProducers(key));
    }

    /**
     * The stats of every shard, in their order; each answers or fails on its own.
     *
     * @param each of each partition; else only their number
     */
    public List<Future<ShardStats>> stats(boolean each) {
        return shards.stream()
                .map(s -> bus.ask(s.stats(), new LogMessages.StatsRequest(each)))
                .toList();
    }

    /** The offsets to checkpoint, of every shard. */
    public Future<List<LogMessages.Checkpoints>> checkpoint(boolean close) {
        return Future.all(shards.stream()
                        .map(s -> bus.ask(s.checkpoint(), new LogMessages.Checkpoint(close)))
                        .toList())
                .map(all -> all.list());
    }

    private PartitionAddresses of(PartitionKey key) {
        return shards.get(key.shard(shards.size()));
    }

    private <E, R> Future<List<R>> scatter(
            List<E> entries,
            Function<E, PartitionKey> key,
            BiFunction<PartitionAddresses, List<E>, Future<List<R>>> ask) {
        if (entries.size() == 1 || shards.size() == 1) {
            return entries.isEmpty()
                    ? Future.succeededFuture(List.of())
                    : ask.apply(of(key.apply(entries.get(0))), entries);
        }
        List<List<E>> parts = new ArrayList<>();
        List<List<Integer>> places = new ArrayList<>();
        shards.forEach(s -> {
            parts.add(new ArrayList<>());
            places.add(new ArrayList<>());
        });
        for (int i = 0; i < entries.size(); i++) {
            int shard = key.apply(entries.get(i)).shard(shards.size());
            parts.get(shard).add(entries.get(i));
            places.get(shard).add(i);
        }
        @Nullable Object[] results = new Object[entries.size()];
        List<Future<?>> answers = new ArrayList<>();
        for (int shard = 0; shard < shards.size(); shard++) {
            if (!parts.get(shard).isEmpty()) {
                List<Integer> own = places.get(shard);
                answers.add(ask.apply(shards.get(shard), parts.get(shard)).onSuccess(list -> {
                    for (int i = 0; i < list.size(); i++) {
                        results[own.get(i)] = list.get(i);
                    }
                }));
            }
        }
        return Future.all(answers).map(all -> {
            @SuppressWarnings("unchecked")
            List<R> ordered = (List<R>) Arrays.asList(results);
            return ordered;
        });
    }

    private <E, Q, R> Future<List<R>> ask(
            Address<Q, List<R>> address, Q request, List<E> entries, Function<Errors, R> failed) {
        return bus.ask(address, request)
                .otherwise(cause -> Collections.nCopies(entries.size(), failed.apply(BusException.errorOf(cause))));
    }
}
