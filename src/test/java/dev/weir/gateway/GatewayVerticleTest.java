package dev.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.gateway.BrokerState.Phase;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayVerticleTest {
    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final GatewayVerticle gateway = new GatewayVerticle(bus, "127.0.0.1", 0, registry, 2);
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        vertx.deployVerticle(gateway).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "STARTING, 200, 503, 503",
        "READY, 200, 200, 200",
        "STOPPING, 200, 503, 200",
    })
    void shouldSayHowFarTheBrokerIs(Phase phase, int live, int ready, int started) throws Exception {
        bus.publish(BrokerState.CHANGES, new BrokerState(phase, "detail", 3, 7));

        HttpResponse<String> answer = get("/health/live");
        while (!answer.body().contains("\"detail\":\"detail\"")) {
            answer = get("/health/live");
        }

        assertThat(answer.statusCode()).isEqualTo(live);
        assertThat(answer.body()).contains("\"phase\":\"" + phase + "\"", "\"partitionsOpened\":3", "\"partitions\":7");
        assertThat(get("/health/ready").statusCode()).isEqualTo(ready);
        assertThat(get("/health/started").statusCode()).isEqualTo(started);
    }

    @Test
    void shouldServeTheMetricsOfTheRegistry() throws Exception {
        registry.counter("weir.test").increment(3);

        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(answer.body()).contains("weir_test_total 3.0");
    }

    @Test
    void shouldSayWhatThereIsInsteadOfAnUnknownPath() throws Exception {
        HttpResponse<String> answer = get("/nowhere");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("/metrics");
    }

    @Test
    void shouldRefuseToBeWrittenTo() throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(uri("/metrics"))
                        .POST(BodyPublishers.ofString("x"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + gateway.boundPort() + path);
    }
}
