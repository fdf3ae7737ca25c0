package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerConfigTest {
    @Test
    void shouldServeOnlyThisMachineByDefault() {
        // when
        BrokerConfig config = BrokerConfig.defaults();

        // then
        assertThat(config.listeners().listeners()).containsExactly(new Listener("PLAINTEXT", "localhost", 9092));
        assertThat(config.listeners().advertised()).containsExactly(new Listener("PLAINTEXT", "localhost", 9092));
        assertThat(config.http()).isEqualTo(new HttpSettings("localhost", 8080));
        assertThat(config.data().logDirs()).containsExactly("./data");
        assertThat(config.node()).isEqualTo(new NodeSettings(1, null, null));
    }

    @Test
    void shouldHaveAThreadForEachProcessorAtLeast() {
        // when
        NetworkSettings network = BrokerConfig.defaults().network();

        // then
        int processors = Runtime.getRuntime().availableProcessors();
        assertThat(network.networkThreads()).isEqualTo(NetworkSettings.eventLoops(processors));
        assertThat(network.ioThreads()).isEqualTo(processors);
    }

    @Test
    void shouldBindLoopbackWhereAListenerNamesNoHost() {
        // when
        BrokerConfig config = BrokerConfig.of(Map.of("listeners", "PLAINTEXT://:9093"));

        // then
        assertThat(config.listeners().listeners()).containsExactly(new Listener("PLAINTEXT", "localhost", 9093));
    }

    @Test
    void shouldReadSeveralListenersAndWhatIsAdvertisedForEach() {
        // when
        BrokerConfig config = BrokerConfig.of(Map.of(
                "listeners", "PLAINTEXT://0.0.0.0:9092, inside://[::1]:9093",
                "advertised.listeners", "PLAINTEXT://broker.example.org:19092",
                "listener.security.protocol.map", "INSIDE:PLAINTEXT"));

        // then
        assertThat(config.listeners().listeners())
                .containsExactly(new Listener("PLAINTEXT", "0.0.0.0", 9092), new Listener("INSIDE", "::1", 9093));
        assertThat(config.listeners().advertised())
                .containsExactly(
                        new Listener("PLAINTEXT", "broker.example.org", 19092), new Listener("INSIDE", "::1", 9093));
    }

    @Test
    void shouldPreferLogDirsToLogDir() {
        // when
        BrokerConfig config = BrokerConfig.of(Map.of("log.dir", "/one", "log.dirs", "/two,/three"));

        // then
        assertThat(config.data().logDirs()).containsExactly("/two", "/three");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num.partitions|many|num.partitions=many is not valid: it must be a whole number of 32 bits, at least 1",
                "num.partitions|0|num.partitions=0 is not valid: it must be a whole number of 32 bits, at least 1",
                "num.partitions|99999999999|num.partitions=99999999999 is not valid: it must be a whole number of 32 bits, at least 1",
                "log.retention.ms|-2|log.retention.ms=-2 is not valid: it must be a whole number of 64 bits, at least -1",
                "replica.lag.time.max.ms|0|replica.lag.time.max.ms=0 is not valid: it must be a whole number of 64 bits, at least 1",
                "auto.create.topics.enable|yes|auto.create.topics.enable=yes is not valid: it must be true or false",
                "compression.type|brotli|compression.type=brotli is not valid: it must be one of gzip, lz4, producer, snappy, uncompressed, zstd",
                "log.cleanup.policy|keep|log.cleanup.policy=keep is not valid: it must be a list of compact, delete",
                "listeners|localhost:9092|listeners=localhost:9092 is not valid: it must be a list of NAME://host:port, with ports up to 65535",
                "listeners|PLAINTEXT://localhost:99999|listeners=PLAINTEXT://localhost:99999 is not valid: it must be a list of NAME://host:port, with ports up to 65535",
                "listeners|SSL://localhost:9093|listener SSL wants SSL, but only PLAINTEXT can be served",
                "listeners|OTHER://localhost:9093|listeners names OTHER, but listener.security.protocol.map has no entry for it; add OTHER:PLAINTEXT",
                "listeners|PLAINTEXT://a:1,PLAINTEXT://b:2|listeners names PLAINTEXT twice; each listener needs a name of its own",
                "advertised.listeners|OTHER://a:1|advertised.listeners names OTHER, which listeners doesn't have",
                "listeners|PLAINTEXT://0.0.0.0:9092|clients can't connect to 0.0.0.0; set advertised.listeners to an address of this machine that they can reach, such as PLAINTEXT://broker.example.org:9092",
                "queued.max.request.bytes|1|queued.max.request.bytes=1 is not valid: it must be at least socket.request.max.bytes=104857600",
                "log.dirs|/a,/a|log.dirs names /a twice",
                "replica.fetch.wait.max.ms|30001|replica.fetch.wait.max.ms=30001 must be at most replica.socket.timeout.ms=30000, or fetches that wait for news are given up",
                "group.max.session.timeout.ms|1|group.max.session.timeout.ms=1 is not valid: it must be at least group.min.session.timeout.ms=6000",
                "group.consumer.session.timeout.ms|1|group.consumer.session.timeout.ms=1 is not valid: it must be at least group.consumer.min.session.timeout.ms=45000",
                "log.cleaner.min.compaction.lag.ms|9223372036854775807|",
                "cluster.id|short|cluster.id=short is not valid: it must be 22 characters of URL-safe Base64, as a Kafka cluster id"
            })
    void shouldSayInOneLineWhatIsWrong(String name, String value, String problem) {
        // when / then
        if (problem == null) {
            assertThat(BrokerConfig.of(Map.of(name, value))).isNotNull();
        } else {
            assertThatThrownBy(() -> BrokerConfig.of(Map.of(name, value)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(problem);
        }
    }

    @Test
    void shouldPutAlteredValuesOverGivenOnes() {
        // given
        BrokerConfig config = BrokerConfig.of(Map.of("max.connections", "10", "max.connections.per.ip", "10"));

        // when
        BrokerConfig altered = config.withDynamic(
                Map.of("max.connections", "20", "max.connections.per.ip", "20"), Map.of("max.connections", "30"));

        // then
        assertThat(altered.network().maxConnections()).isEqualTo(30);
        assertThat(altered.network().maxConnectionsPerIp()).isEqualTo(20);
        assertThat(config.network().maxConnections()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"num.io.threads=7", "no.such.setting=7", "max.connections=seven"})
    void shouldPassOverAlteredValuesThatCanNotBeInForce(String entry) {
        // given
        String[] parts = entry.split("=");

        // when
        BrokerConfig altered = BrokerConfig.defaults().withDynamic(Map.of(parts[0], parts[1]), Map.of());

        // then
        assertThat(altered.network()).isEqualTo(BrokerConfig.defaults().network());
    }
}
