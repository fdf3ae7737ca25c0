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
                .setInternalBlockingPoolSize(2)
                .setPreferNativeTransport(true)
                .setBlockedThreadCheckInterval(5)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.SECONDS)
                // A shard reads and repairs whole logs on its thread; that is no fault.
                .setMaxWorkerExecuteTime(10)
                .setMaxWorkerExecuteTimeUnit(TimeUnit.MINUTES);
        // Only listening addresses are ever resolved; Netty's own DNS client would be loaded for nothing.
        System.setProperty("vertx.disableDnsResolver", "true");
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
