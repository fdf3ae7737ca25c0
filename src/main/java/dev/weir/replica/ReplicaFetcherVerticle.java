package dev.weir.replica;

import dev.weir.bus.EarliestTimer;
import dev.weir.bus.LocalBus;
import dev.weir.config.ReplicaFetchSettings;
import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageClient;
import dev.weir.partition.client.FollowerClient;
import dev.weir.peer.PeerClient;
import dev.weir.peer.PeerEndpoint;
import dev.weir.peer.PeerPurpose;
import dev.weir.peer.PooledResponse;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.message.FetchResponseData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetchers of one shard, on an event loop: does what {@link ReplicaFetcher} wants. Deployed when the logs are open, and undeployed
 * before they are closed. Its connections are its own.
 */
public final class ReplicaFetcherVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetcherVerticle.class);
    private static final long NOT_REGISTERED = -1;
    /** A fetch that does not wait for news holds up the next one that does. */
    private static final int SIDE_TIMEOUT_MS = 2_000;

    private final LocalBus bus;
    private final Options options;
    private final Supplier<PeerClient> connect;
    private final FollowerClient followers;
    private final ReplicaFetchers fetchers;
    private final EarliestTimer timer =
            new EarliestTimer(ReplicaFetcherVerticle::nowMs, this::nextDueMs, now -> drive());
    private @Nullable PeerClient peers;
    private boolean stopped;

    /**
     * The fetchers of a shard.
     *
     * @param connect makes the connections, when the first is needed; they are closed with this verticle
     */
    public ReplicaFetcherVerticle(LocalBus bus, Options options, Supplier<PeerClient> connect) {
        this.bus = bus;
        this.options = options;
        this.connect = connect;
        this.followers = new FollowerClient(bus, options.shard());
        this.fetchers = new ReplicaFetchers(options.brokerId(), options.shard(), options.shards(), options.settings());
    }

    /**
     * Whose fetchers these are.
     *
     * @param brokerId this broker
     * @param shard which shard, from 0
     * @param shards how many there are
     * @param listener the name of the listener by which brokers reach each other
     */
    public record Options(int brokerId, int shard, int shards, String listener, ReplicaFetchSettings settings) {}

    @Override
    public Future<?> start() {
        bus.serve(ReplicaStatsClient.address(options.shard()), ignored -> Future.succeededFuture(fetchers.stats()));
        return new ImageClient(bus).follow(ClusterImage.empty(""), change -> {
            fetchers.follow(change);
            drive();
        });
    }

    @Override
    public Future<?> stop() {
        stopped = true;
        return peers == null ? Future.succeededFuture() : peers.close();
    }

    /** Does all that can be done now; called after each event. */
    private void drive() {
        if (stopped) {
            return;
        }
        long brokerEpoch = fetchers.image()
                .broker(options.brokerId())
                .map(BrokerImage::epoch)
                .orElse(NOT_REGISTERED);
        fetchers.all().forEach(fetcher -> perform(fetcher, fetcher.next(nowMs(), brokerEpoch), null));
        fetchers.dropIdle();
        timer.arm(vertx);
    }

    /** @param response an answer that lies in the turn which is for it; null if there is none */
    private void perform(ReplicaFetcher fetcher, List<FetcherEffect> effects, @Nullable PooledResponse response) {
        boolean used = false;
        for (FetcherEffect effect : effects) {
            if (effect instanceof FetcherEffect.Fetch fetch) {
                send(fetcher, fetch);
            } else if (effect instanceof FetcherEffect.Turn turn) {
                boolean ofAnswer = turn.ofFetch() >= 0;
                used |= ofAnswer;
                take(fetcher, turn, ofAnswer ? response : null);
            }
        }
        if (response != null && !used) {
            response.release();
        }
    }

    private void take(ReplicaFetcher fetcher, FetcherEffect.Turn turn, @Nullable PooledResponse response) {
        followers.follow(turn.turn()).onComplete(outcomes -> {
            if (response != null) {
                response.release();
            }
            fetcher.turnEnded(turn.id(), outcomes.result(), nowMs());
            drive();
        });
    }

    private void send(ReplicaFetcher fetcher, FetcherEffect.Fetch fetch) {
        Optional<PeerEndpoint> endpoint = endpoint(fetcher.leaderId());
        if (endpoint.isEmpty()) {
            fetcher.fetchFailed(fetch.id(), "it is not registered with a listener " + options.listener(), nowMs());
            return;
        }
        if (peers == null) {
            peers = connect.get();
        }
        int timeoutMs = options.settings().socketTimeoutMs();
        peers.sendPooled(
                        endpoint.get(),
                        PeerPurpose.replica(options.shard() + (fetch.side() ? options.shards() : 0)),
                        fetch.request(),
                        fetch.side() ? Math.min(timeoutMs, SIDE_TIMEOUT_MS) : timeoutMs)
                .onComplete(answer -> {
                    if (answer.failed()) {
                        fetcher.fetchFailed(
                                fetch.id(), String.valueOf(answer.cause().getMessage()), nowMs());
                        drive();
                    } else {
                        answered(fetcher, fetch.id(), answer.result());
                    }
                });
    }

    private void answered(ReplicaFetcher fetcher, int id, PooledResponse response) {
        if (stopped) {
            response.release();
            return;
        }
        try {
            fetcher.fetched(id, (FetchResponseData) response.message(), nowMs());
        } catch (RuntimeException e) {
            LOG.error("An answer of broker {} cannot be taken", fetcher.leaderId(), e);
            response.release();
            fetcher.fetchFailed(id, String.valueOf(e), nowMs());
            drive();
            return;
        }
        long brokerEpoch = fetchers.image()
                .broker(options.brokerId())
                .map(BrokerImage::epoch)
                .orElse(NOT_REGISTERED);
        perform(fetcher, fetcher.next(nowMs(), brokerEpoch), response);
        drive();
    }

    private Optional<PeerEndpoint> endpoint(int leaderId) {
        return fetchers.image()
                .broker(leaderId)
                .flatMap(broker -> broker.endpoint(options.listener())
                        .or(() -> broker.endpoints().stream().findFirst()))
                .map(at -> new PeerEndpoint(at.host(), at.port()));
    }

    private long nextDueMs() {
        return fetchers.all().stream().mapToLong(ReplicaFetcher::nextMs).min().orElse(Long.MAX_VALUE);
    }

    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
