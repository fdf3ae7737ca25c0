package dev.weir.gateway;

import dev.weir.bus.LocalBus;
import dev.weir.controller.ControllerClient;
import dev.weir.gateway.BrokerState.Phase;
import dev.weir.group.GroupClient;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.ShardStats;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.replica.ReplicaStatsClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server: {@code /health/live}, {@code /health/ready}, {@code /health/started} for probes and {@code /metrics} for
 * Prometheus. It starts before everything else, so that a long start can be watched, and stops last.
 */
public final class GatewayVerticle extends VerticleBase {
    private static final int IDLE_SECONDS = 60;

    private final LocalBus bus;
    private final String host;
    private final int port;
    private final PrometheusMeterRegistry registry;
    private final StatsClient stats;
    private final StatsCollector collector = new StatsCollector();
    private BrokerState state = new BrokerState(Phase.STARTING, "starting", 0, 0);
    private @Nullable HttpServer server;

    /**
     * @param host the address to bind
     * @param port the port; 0 takes a free one
     * @param shards how many shards of partitions the broker has
     */
    public GatewayVerticle(LocalBus bus, String host, int port, PrometheusMeterRegistry registry, int shards) {
        this.bus = bus;
        this.host = host;
        this.port = port;
        this.registry = registry;
        this.stats = new StatsClient(
                new PartitionClient(bus, shards),
                new GroupClient(bus, shards),
                new ReplicaStatsClient(bus, shards),
                new LogDirsClient(bus),
                new ControllerClient(bus));
    }

    @Override
    public Future<?> start() {
        registry.getPrometheusRegistry().register(collector);
        bus.subscribe(BrokerState.CHANGES, now -> state = now);
        HttpServer http = vertx.createHttpServer(
                        new HttpServerOptions().setHost(host).setPort(port).setIdleTimeout(IDLE_SECONDS))
                .requestHandler(this::route);
        server = http;
        return http.listen();
    }

    /** The port that is bound, once started. */
    public int boundPort() {
        return server == null ? port : server.actualPort();
    }

    private void route(HttpServerRequest request) {
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            request.response().putHeader("Allow", "GET, HEAD");
            error(request, 405, "only GET and HEAD are served here");
            return;
        }
        switch (request.path()) {
            case "/health/live" -> health(request, true, state.opened(), state.partitions());
            case "/health/ready" -> ready(request);
            case "/health/started" ->
                health(request, state.phase() != Phase.STARTING, state.opened(), state.partitions());
            case "/metrics" -> metrics(request);
            default ->
                error(
                        request,
                        404,
                        "no such path; there are /health/live, /health/ready, /health/started and /metrics");
        }
    }

    /**
     * While clients are served, the partitions are counted again each time. Partitions that are offline are named in the detail,
     * and the broker is ready all the same: it serves the others. The other two paths never wait for a shard: one whose disk
     * stalls must not have the broker taken for dead.
     */
    private void ready(HttpServerRequest request) {
        boolean good = state.phase() == Phase.READY;
        if (!good) {
            health(request, false, state.opened(), state.partitions());
            return;
        }
        stats.counts().onSuccess(shards -> {
            if (shards.isEmpty()) {
                health(request, good, state.opened(), state.partitions());
                return;
            }
            long online = shards.stream().mapToLong(ShardStats::online).sum();
            long offline = shards.stream().mapToLong(ShardStats::offline).sum();
            String detail = offline == 0 ? state.detail() : state.detail() + "; partitions offline: " + offline;
            health(request, good, body(good, detail, online, online + offline).put("partitionsOffline", offline));
        });
    }

    private void health(HttpServerRequest request, boolean good, long opened, long partitions) {
        health(request, good, body(good, state.detail(), opened, partitions));
    }

    private JsonObject body(boolean good, String detail, long opened, long partitions) {
        return new JsonObject()
                .put("status", good ? "UP" : "DOWN")
                .put("phase", state.phase().name())
                .put("detail", detail)
                .put("partitionsOpened", opened)
                .put("partitions", partitions);
    }

    private static void health(HttpServerRequest request, boolean good, JsonObject body) {
        request.response()
                .setStatusCode(good ? 200 : 503)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(body.encode() + "\n");
    }

    private void metrics(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        stats.all()
                .compose(now -> {
                    collector.show(now);
                    return vertx.executeBlocking(registry::scrape, false);
                })
                .onSuccess(text -> response.putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(text))
                .onFailure(cause -> error(request, 500, "the metrics cannot be read"));
    }

    private static void error(HttpServerRequest request, int status, String message) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject().put("error", message).encode() + "\n");
    }
}
