package dev.weir.network;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What happens on the wire, as meters. One for each network verticle; the registry adds up meters of one name. */
final class NetworkMetrics {
    private final MeterRegistry registry;
    private final Map<ApiKeys, ApiMeters> perApi = new EnumMap<>(ApiKeys.class);
    private final Counter rejected;
    private final Counter idleClosed;
    private final Counter refused;

    NetworkMetrics(MeterRegistry registry, ConnectionQuotas quotas, RequestMemory memory) {
        this.registry = registry;
        this.rejected = Counter.builder("weir.network.connections.rejected")
                .description("Connections closed because a request could not be understood")
                .register(registry);
        this.idleClosed = Counter.builder("weir.network.connections.idle.closed")
                .description("Connections closed after connections.max.idle.ms")
                .register(registry);
        this.refused = Counter.builder("weir.network.connections.refused")
                .description("Connections refused by max.connections or max.connections.per.ip")
                .register(registry);
        Gauge.builder("weir.network.connections", quotas, ConnectionQuotas::open)
                .description("Open client connections")
                .register(registry);
        Gauge.builder("weir.network.request.memory.bytes", memory, RequestMemory::used)
                .description("Bytes of requests in memory, bounded by queued.max.request.bytes")
                .register(registry);
    }

    void received(ApiKeys api, int bytes) {
        meters(api).requestBytes.increment(bytes);
    }

    void sent(ApiKeys api, int bytes) {
        meters(api).responseBytes.increment(bytes);
    }

    void completed(ApiKeys api, long nanos) {
        meters(api).time.record(nanos, TimeUnit.NANOSECONDS);
    }

    void failed(ApiKeys api, Errors error) {
        Counter.builder("weir.network.request.errors")
                .description("Requests refused as a whole, by their error")
                .tag("api", api.name)
                .tag("error", error.name())
                .register(registry)
                .increment();
    }

    void rejected() {
        rejected.increment();
    }

    void idleClosed() {
        idleClosed.increment();
    }

    void refused() {
        refused.increment();
    }

    private ApiMeters meters(ApiKeys api) {
        return perApi.computeIfAbsent(api, key -> new ApiMeters(key, registry));
    }

    private static final class ApiMeters {
        private final Counter requestBytes;
        private final Counter responseBytes;
        private final Timer time;

        ApiMeters(ApiKeys api, MeterRegistry registry) {
            requestBytes = Counter.builder("weir.network.request.bytes")
                    .description("Bytes of requests received")
                    .tag("api", api.name)
                    .register(registry);
            responseBytes = Counter.builder("weir.network.response.bytes")
                    .description("Bytes of responses sent")
                    .tag("api", api.name)
                    .register(registry);
            time = Timer.builder("weir.network.request.time")
                    .description("Time from the whole request to its response, waiting included")
                    .tag("api", api.name)
                    .register(registry);
        }
    }
}
