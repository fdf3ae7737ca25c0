package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the Kafka protocol is served and what clients are told.
 *
 * @param listeners what is bound, in order; never empty, names and non-zero ports differ
 * @param advertised what clients are told, one for each of {@code listeners}, in the same order; a port of 0 stands for the
 *     port that was bound
 */
public record ListenerSettings(List<Listener> listeners, List<Listener> advertised) {
    static final String LISTENERS = "listeners";
    static final String ADVERTISED = "advertised.listeners";
    static final String PROTOCOLS = "listener.security.protocol.map";

    private static final Bounds FORM = Bounds.that(
            "a list of NAME://host:port, with ports up to 65535",
            value -> !((Collection<?>) value).isEmpty()
                    && ((Collection<?>) value)
                            .stream()
                                    .map(String::valueOf)
                                    .map(ListenerParser::parse)
                                    .allMatch(Objects::nonNull));

    static void declare(Declarations to) {
        to.area("Listeners")
                .fixed(
                        LISTENERS,
                        LIST,
                        "PLAINTEXT://localhost:9092",
                        FORM,
                        HIGH,
                        "The addresses that serve the Kafka protocol, as `NAME://host:port`. There is no authentication yet,"
                                + " so an empty host means localhost; name an address to be reached from other machines,"
                                + " `0.0.0.0` for every interface. Port 0 takes a free port.")
                .fixed(
                        ADVERTISED,
                        LIST,
                        null,
                        FORM,
                        HIGH,
                        "The addresses that clients are told to connect to, where they differ from `listeners`. Needed where"
                                + " a listener binds every interface.")
                .fixed(
                        PROTOCOLS,
                        STRING,
                        "PLAINTEXT:PLAINTEXT",
                        Bounds.that("a list of NAME:PROTOCOL", value -> SecurityProtocols.isWellFormed((String) value)),
                        LOW,
                        "The security protocol of each listener name, as `NAME:PROTOCOL`. Only listeners with PLAINTEXT can"
                                + " be served.");
    }

    static ListenerSettings of(Values values) {
        List<Listener> bound = parse(values.list(LISTENERS));
        List<String> named = values.listOrNull(ADVERTISED);
        List<Listener> told = named == null ? bound : parse(named);
        return new ListenerSettings(
                bound,
                bound.stream().map(listener -> advertised(listener, told)).toList());
    }

    /** What clients are told for this listener's name; the listener itself if nothing is said. */
    private static Listener advertised(Listener listener, List<Listener> told) {
        return told.stream()
                .filter(other -> other.name().equals(listener.name()))
                .findFirst()
                .orElse(listener);
    }

    static List<Listener> parse(List<String> texts) {
        return texts.stream().map(ListenerSettings::parsed).toList();
    }

    private static Listener parsed(String text) {
        @Nullable Listener listener = ListenerParser.parse(text);
        if (listener == null) {
            throw new IllegalArgumentException("not a listener: " + text);
        }
        return listener;
    }
}
