package dev.weir.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator types: Apache Kafka's own tools and kcat against one broker. */
class ToolsIT {
    private static Path home = Path.of("");

    private static BrokerProcess broker;

    @BeforeAll
    static void start(@TempDir Path folder) {
        home = folder;
        broker = BrokerProcess.start(home);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldManageTopics() {
        // when
        create("managed", 3);
        String described = succeed("TopicCommand", "--describe", "--topic", "managed");
        succeed("TopicCommand", "--alter", "--topic", "managed", "--partitions", "5");
        String grown = succeed("TopicCommand", "--describe", "--topic", "managed");
        String again = fail("TopicCommand", "--create", "--topic", "managed");
        String names = succeed("TopicCommand", "--list");
        succeed("TopicCommand", "--delete", "--topic", "managed");
        String namesAfterwards = succeed("TopicCommand", "--list");

        // then
        assertThat(described).contains("PartitionCount: 3", "ReplicationFactor: 1", "Leader: 1", "Isr: 1");
        assertThat(grown).contains("PartitionCount: 5", "Partition: 4");
        assertThat(again).contains("Topic 'managed' already exists");
        assertThat(names.lines()).contains("managed");
        assertThat(namesAfterwards.lines()).doesNotContain("managed");
    }

    @Test
    void shouldChangeConfigs() {
        // given
        create("configured", 1);

        // when
        config("--alter", "--topic", "configured", "--add-config", "retention.ms=1234567,cleanup.policy=compact");
        String topic = config("--describe", "--topic", "configured");
        config("--alter", "--topic", "configured", "--delete-config", "cleanup.policy");
        String reverted = config("--describe", "--all", "--topic", "configured");
        config("--alter", "--broker", "1", "--add-config", "log.retention.bytes=7654321");
        String node = config("--describe", "--broker", "1");
        String loggers = config("--describe", "--entity-type", "broker-loggers", "--entity-name", "1");
        String bad = KafkaTool.run(
                        "kafka.admin.ConfigCommand",
                        withBroker("--alter", "--topic", "configured", "--add-config", "retention.ms=soon"))
                .all();

        // then
        assertThat(topic).contains("retention.ms=1234567", "cleanup.policy=compact", "DYNAMIC_TOPIC_CONFIG");
        assertThat(reverted).contains("cleanup.policy=delete", "segment.bytes=1073741824", "retention.ms=1234567");
        assertThat(node).contains("log.retention.bytes=7654321", "DYNAMIC_BROKER_CONFIG");
        assertThat(loggers).contains("root=");
        assertThat(bad).contains("retention.ms");
    }

    @Test
    void shouldElectLeaders() {
        // given
        create("led", 1);

        // when
        String named =
                succeed("LeaderElectionCommand", "--election-type", "preferred", "--topic", "led", "--partition", "0");
        String all = succeed("LeaderElectionCommand", "--election-type", "unclean", "--all-topic-partitions");
        String unknown =
                fail("LeaderElectionCommand", "--election-type", "preferred", "--topic", "none", "--partition", "0");

        // then
        assertThat(named).contains("Valid replica already elected for partitions led-0");
        assertThat(all).doesNotContain("Error");
        assertThat(unknown).contains("No such topic as none");
    }

    @Test
    void shouldTellAndDeleteRecordsByOffset() throws IOException {
        // given
        create("numbered", 2);
        produce("numbered", lines(IntStream.range(0, 100)));
        long before = sumOfOffsets(succeed("GetOffsetShell", "--topic", "numbered"));
        long first = offsetOf("numbered", 0, "-1");
        Path orders = Files.writeString(
                home.resolve("orders.json"),
                "{\"partitions\":[{\"topic\":\"numbered\",\"partition\":0,\"offset\":-1}],\"version\":1}");

        // when
        String deleted = succeed("DeleteRecordsCommand", "--offset-json-file", orders.toString());

        // then
        assertThat(before).isEqualTo(100);
        assertThat(deleted).contains("low_watermark: " + first);
        assertThat(offsetOf("numbered", 0, "-2")).isEqualTo(first);
        assertThat(offsetOf("numbered", 1, "-2")).isZero();
    }

    @Test
    void shouldDescribeLogDirs() {
        // given
        create("placed", 2);
        produce("placed", lines(IntStream.range(0, 100)));

        // when
        String described = succeed("LogDirsCommand", "--describe", "--topic-list", "placed");

        // then
        assertThat(described)
                .contains("\"logDir\":\"" + broker.data(), "placed-0", "placed-1", "\"isFuture\":false")
                .contains("\"error\":null");
    }

    @Test
    void shouldGiveBackARealTextAsItWas() throws IOException {
        // given
        byte[] text = RealText.read();
        long count = new String(text, UTF_8).lines().count();
        create("text", 1);

        // when
        produce("text", text, "--compression-codec", "zstd");
        byte[] consumed = consume("text", 0, count);
        byte[] viaKcat = Kcat.run(
                new byte[0], "-C", "-q", "-e", "-b", broker.bootstrap(), "-t", "text", "-p", "0", "-o", "beginning");

        // then
        assertThat(consumed).isEqualTo(text);
        assertThat(viaKcat).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void shouldServeKcat(String codec) {
        // given
        String topic = "kcat-" + codec;
        byte[] lines = lines(IntStream.range(0, 20_000));

        // when
        Kcat.run(lines, "-P", "-b", broker.bootstrap(), "-t", topic, "-p", "0", "-z", codec);
        byte[] consumed = Kcat.run(
                new byte[0], "-C", "-q", "-e", "-b", broker.bootstrap(), "-t", topic, "-p", "0", "-o", "beginning");
        String metadata = Kcat.run("-L", "-b", broker.bootstrap(), "-t", topic);
        String end = Kcat.run("-Q", "-b", broker.bootstrap(), "-t", topic + ":0:-1");

        // then
        assertThat(consumed).isEqualTo(lines);
        assertThat(metadata).contains("broker 1 at " + broker.bootstrap(), "topic \"" + topic + "\" with 1 partitions");
        assertThat(end).contains("offset 20000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void shouldServeThePerformanceTool(String acks) {
        // given
        create("perf-" + acks, 2);

        // when
        KafkaTool.Result result = KafkaTool.run(
                "ProducerPerformance",
                "--topic",
                "perf-" + acks,
                "--num-records",
                "20000",
                "--record-size",
                "512",
                "--throughput",
                "-1",
                "--command-property",
                "enable.idempotence=false",
                "--command-property",
                "acks=" + acks,
                "--bootstrap-server",
                broker.bootstrap());

        // then
        assertThat(result.all()).contains("20000 records sent");
        assertThat(sumOfOffsets(succeed("GetOffsetShell", "--topic", "perf-" + acks)))
                .isEqualTo(20_000);
    }

    @Test
    void shouldWriteFilesThatKafkaAccepts() throws IOException {
        // given
        create("dumped", 2, "segment.bytes=1048576", "index.interval.bytes=512", "segment.index.bytes=1024");
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            produce("dumped", lines(IntStream.range(0, 20_000)), "--compression-codec", codec, "--batch-size", "4000");
        }

        // when
        String dump = DumpedLogs.assertAccepted(broker.data(), "dumped");

        // then
        assertThat(dump).contains("compresscodec: gzip", "compresscodec: zstd", "isvalid: true", "crc: ");
        assertThat(dump.lines()
                        .filter(line -> line.startsWith("Log starting offset: "))
                        .count())
                .isGreaterThan(2);
    }

    private static void create(String topic, int partitions, String... configs) {
        List<String> arguments =
                new ArrayList<>(List.of("--create", "--topic", topic, "--partitions", "" + partitions));
        for (String config : configs) {
            arguments.addAll(List.of("--config", config));
        }
        assertThat(succeed("TopicCommand", arguments.toArray(String[]::new))).contains("Created topic " + topic);
    }

    private static void produce(String topic, byte[] lines, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--topic", topic));
        arguments.addAll(List.of(more));
        KafkaTool.Result result = KafkaTool.run("ConsoleProducer", lines, withBroker(arguments.toArray(String[]::new)));
        assertThat(result.status()).as(result.all()).isZero();
        assertThat(result.err()).doesNotContain("ERROR");
    }

    private static byte[] consume(String topic, int partition, long count) {
        KafkaTool.Result result = KafkaTool.run(
                "consumer.ConsoleConsumer",
                withBroker(
                        "--topic",
                        topic,
                        "--partition",
                        "" + partition,
                        "--from-beginning",
                        "--max-messages",
                        "" + count,
                        "--timeout-ms",
                        "30000"));
        assertThat(result.err()).contains("Processed a total of " + count + " messages");
        return result.bytes();
    }

    private static String config(String... arguments) {
        return succeed("kafka.admin.ConfigCommand", arguments);
    }

    private static String succeed(String tool, String... arguments) {
        KafkaTool.Result result = KafkaTool.run(tool, withBroker(arguments));
        assertThat(result.status()).as(result.all()).isZero();
        return result.out();
    }

    private static String fail(String tool, String... arguments) {
        KafkaTool.Result result = KafkaTool.run(tool, withBroker(arguments));
        assertThat(result.status()).as(result.all()).isNotZero();
        return result.all();
    }

    private static String[] withBroker(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", broker.bootstrap()));
        return all.toArray(String[]::new);
    }

    private static long offsetOf(String topic, int partition, String time) {
        return sumOfOffsets(succeed("GetOffsetShell", "--topic-partitions", topic + ":" + partition, "--time", time));
    }

    private static long sumOfOffsets(String output) {
        return output.lines()
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(':') + 1)))
                .sum();
    }

    private static byte[] lines(IntStream numbers) {
        StringBuilder lines = new StringBuilder();
        numbers.forEach(i -> lines.append("this is line number ").append(i).append('\n'));
        return lines.toString().getBytes(UTF_8);
    }
}
