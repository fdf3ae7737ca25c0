package dev.weir.broker;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.VertxPrometheusOptions;
import java.security.Security;
import java.util.concurrent.TimeUnit;

/** Makes the Vert.x instance of a broker: native transport where there is one, metrics in a Prometheus registry. */
final class VertxRuntime {
    private final Vertx vertx;
    private final PrometheusMeterRegistry registry;

    private VertxRuntime(Vertx vertx, PrometheusMeterRegistry registry) {
        this.vertx = vertx;
        this.registry = registry;
    }

    Vertx vertx() {
        return vertx;
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Measures the virtual machine, too. Called when clients are served: the classes behind it take long to load. */
    void bindJvmMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
    }

    /** @param eventLoops event loops, of which the network verticles take one each */
    static VertxRuntime create(int eventLoops) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(Math.max(1, eventLoops))
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(4)
                .setPreferNativeTransport(true)
                .setBlockedThreadCheckInterval(5)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.SECONDS)
                // A shard reads and repairs whole logs on its thread; that is no fault.
                .setMaxWorkerExecuteTime(10)
                .setMaxWorkerExecuteTimeUnit(TimeUnit.MINUTES);
        // Names are few: those of listeners and peers. Netty's own DNS client would be loaded for nothing. A peer may
        // have moved
        // whenever it cannot be reached, so Java must not keep its address.
        System.setProperty("vertx.disableDnsResolver", "true");
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        options.setFileSystemOptions(
                new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        Vertx vertx = Vertx.builder()
                .with(options.setMetricsOptions(new MicrometerMetricsOptions()
                        .setJvmMetricsEnabled(true)
                        .setEnabled(true)
                        .setJvmMetricsEnabled(false)
                        // Two meters for every message would be the dearest part of the hot path.
                        .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
                        .setPrometheusOptions(new VertxPrometheusOptions().setEnabled(true))))
                .withMetrics(new MicrometerMetricsFactory(registry))
                .build();
        return new VertxRuntime(vertx, registry);
    }
}
