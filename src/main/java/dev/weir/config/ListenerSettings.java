package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the Kafka protocol is served and what clients are told.
 *
 * @param listeners what is bound, in order; never empty, names and non-zero ports differ
 * @param advertised what clients are told, one for each of {@code listeners}, in the same order; a port of 0 stands for the
 *     port that was bound
 * @param interBroker the name of the listener by which brokers reach each other; one of {@code listeners}
 * @param controllers the names of the listeners for the quorum's controllers; by the first one they are reached. Empty if the
 *     inter-broker listener is used for that too
 */
public record ListenerSettings(
        List<Listener> listeners, List<Listener> advertised, String interBroker, List<String> controllers) {
    static final String LISTENERS = "listeners";
    static final String ADVERTISED = "advertised.listeners";
    static final String PROTOCOLS = "listener.security.protocol.map";
    static final String INTER_BROKER = "inter.broker.listener.name";
    static final String CONTROLLERS = "controller.listener.names";

    private static final Bounds FORM = Bounds.that(
            "a list of NAME://host:port, with ports up to 65535",
            value -> !((Collection<?>) value).isEmpty()
                    && ((Collection<?>) value)
                            .stream()
                                    .map(String::valueOf)
                                    .map(ListenerParser::parse)
                                    .allMatch(Objects::nonNull));

    private static final Bounds NAME =
            Bounds.that("the name of a listener", value -> ListenerParser.isName((String) value));

    private static final Bounds NAMES = Bounds.that("a list of names of listeners", value -> ((Collection<?>) value)
            .stream().map(String::valueOf).allMatch(ListenerParser::isName));

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
                                + " be served.")
                .fixed(
                        INTER_BROKER,
                        STRING,
                        null,
                        NAME,
                        MEDIUM,
                        "The name of the listener by which brokers reach each other. Unset, it is PLAINTEXT, or the first"
                                + " listener that is not for controllers if none has that name.")
                .fixed(
                        CONTROLLERS,
                        LIST,
                        null,
                        NAMES,
                        HIGH,
                        "The names of the listeners for the metadata quorum, separated by commas. Controllers are reached by"
                                + " the first one. Clients are not told of them. Unset, the inter-broker listener serves the"
                                + " quorum too.");
    }

    static ListenerSettings of(Values values) {
        List<Listener> bound = parse(values.list(LISTENERS));
        List<String> named = values.listOrNull(ADVERTISED);
        List<Listener> told = named == null ? bound : parse(named);
        List<String> controllers = named(values.listOrNull(CONTROLLERS));
        return new ListenerSettings(
                bound,
                bound.stream().map(listener -> advertised(listener, told)).toList(),
                interBroker(values.textOrNull(INTER_BROKER), bound, controllers),
                controllers);
    }

    /** Whether a listener serves the requests of the quorum and of brokers to the controller. */
    public boolean isForControllers(String name) {
        return controllers.isEmpty() ? name.equals(interBroker) : controllers.contains(name);
    }

    /** Whether a listener serves clients and brokers. */
    public boolean isForBrokers(String name) {
        return !controllers.contains(name);
    }

    /** Whether only brokers use a listener: one for controllers, or the inter-broker listener beside another for clients. */
    public boolean isForPeersOnly(String name) {
        boolean clientsHaveAnother = listeners.stream()
                .anyMatch(listener ->
                        isForBrokers(listener.name()) && !listener.name().equals(interBroker));
        return controllers.contains(name) || (clientsHaveAnother && name.equals(interBroker));
    }

    /** The name of the listener by which controllers are reached. */
    public String controllerListener() {
        return controllers.isEmpty() ? interBroker : controllers.get(0);
    }

    /** What clients and other brokers are told: all but the listeners for controllers. */
    public List<Listener> ofBroker() {
        return advertised.stream()
                .filter(listener -> isForBrokers(listener.name()))
                .toList();
    }

    /** What the other voters are told. */
    public List<Listener> ofController() {
        return advertised.stream()
                .filter(listener -> isForControllers(listener.name()))
                .toList();
    }

    private static List<String> named(@Nullable List<String> names) {
        return names == null
                ? List.of()
                : names.stream()
                        .map(name -> name.strip().toUpperCase(Locale.ROOT))
                        .toList();
    }

    private static String interBroker(@Nullable String name, List<Listener> bound, List<String> controllers) {
        if (name != null) {
            return name.strip().toUpperCase(Locale.ROOT);
        }
        List<String> candidates = bound.stream()
                .map(Listener::name)
                .filter(candidate -> !controllers.contains(candidate))
                .toList();
        return candidates.contains(SecurityProtocols.PLAINTEXT) || candidates.isEmpty()
                ? SecurityProtocols.PLAINTEXT
                : candidates.get(0);
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
