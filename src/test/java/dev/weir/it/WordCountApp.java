package dev.weir.it;

import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Materialized;

/** A Kafka Streams application: counts the words of {@code lines} into {@code counts}. A process of its own. */
final class WordCountApp {
    static final String ID = "word-count";
    static final String LINES = "lines";
    static final String COUNTS = "counts";
    static final String STORE = "words";

    private WordCountApp() {}

    /** @param arguments the bootstrap server and the directory for state */
    public static void main(String[] arguments) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream(LINES)
                .flatMapValues(line -> List.of(line.split(" ")))
                .groupBy((key, word) -> word)
                .count(Materialized.as(STORE))
                .toStream()
                .mapValues(count -> Long.toString(count))
                .to(COUNTS);
        Properties settings = new Properties();
        settings.put("application.id", ID);
        settings.put("bootstrap.servers", arguments[0]);
        settings.put("state.dir", Path.of(arguments[1]).toString());
        settings.put("num.stream.threads", "2");
        settings.put("commit.interval.ms", "100");
        settings.put("repartition.purge.interval.ms", "200");
        settings.put("statestore.cache.max.bytes", "100000");
        settings.put("session.timeout.ms", "6000");
        settings.put("default.key.serde", Serdes.StringSerde.class.getName());
        settings.put("default.value.serde", Serdes.StringSerde.class.getName());
        settings.put("auto.offset.reset", "earliest");
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }
}
