package dev.weir.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The broker's settings, typed and checked, area by area. Immutable: a setting that is altered while the broker runs gives
 * a new instance ({@link #withDynamic}).
 *
 * <p>A value comes from the first of these layers that has one: altered for this broker, altered for all brokers, given at
 * start, default. Only settings that are declared live are taken from the first two.
 */
public final class BrokerConfig {
    private final Map<String, String> given;
    private final Map<String, String> forAll;
    private final Map<String, String> forThis;
    private final Map<String, String> otherForAll;
    private final Map<String, String> otherForThis;
    private final Values values;

    private final NodeSettings node;
    private final ListenerSettings listeners;
    private final NetworkSettings network;
    private final HttpSettings http;
    private final DataSettings data;
    private final TopicCreationSettings topicCreation;
    private final MaintenanceSettings maintenance;
    private final CleanerSettings cleaner;
    private final FetchSettings fetch;
    private final ProducerSettings producer;
    private final OffsetsSettings offsets;
    private final ClassicGroupSettings classicGroups;
    private final ConsumerGroupSettings consumerGroups;
    private final MetadataLogSettings metadataLog;
    private final QuorumConfig quorum;
    private final LifecycleSettings lifecycle;
    private final LeaderSettings leaders;
    private final MembershipSettings membership;
    private final ReplicaFetchSettings replicaFetch;
    private final InSyncSettings inSync;

    private BrokerConfig(Map<String, String> given, Map<String, String> forAll, Map<String, String> forThis) {
        this.given = Map.copyOf(given);
        this.forAll = Map.copyOf(liveAndValid(forAll));
        this.forThis = Map.copyOf(liveAndValid(forThis));
        this.otherForAll = undeclared(forAll);
        this.otherForThis = undeclared(forThis);
        values = parseAll();
        node = NodeSettings.of(values);
        listeners = ListenerSettings.of(values);
        network = NetworkSettings.of(values);
        http = HttpSettings.of(values);
        data = DataSettings.of(values);
        topicCreation = TopicCreationSettings.of(values);
        maintenance = MaintenanceSettings.of(values);
        cleaner = CleanerSettings.of(values);
        fetch = FetchSettings.of(values);
        producer = ProducerSettings.of(values);
        offsets = OffsetsSettings.of(values);
        classicGroups = ClassicGroupSettings.of(values);
        consumerGroups = ConsumerGroupSettings.of(values);
        metadataLog = MetadataLogSettings.of(values);
        quorum = QuorumConfig.of(values);
        lifecycle = LifecycleSettings.of(values);
        leaders = LeaderSettings.of(values);
        membership = MembershipSettings.of(values);
        replicaFetch = ReplicaFetchSettings.of(values);
        inSync = InSyncSettings.of(values);
    }

    /** The defaults alone. */
    public static BrokerConfig defaults() {
        return of(Map.of());
    }

    /**
     * The defaults with {@code given} over them. Names that no setting has are ignored; the loader warns of them.
     *
     * @throws ConfigException if a value is not allowed, or two values contradict each other; the message is one line
     */
    public static BrokerConfig of(Map<String, String> given) {
        for (Map.Entry<String, String> entry : given.entrySet()) {
            if (BrokerSettings.ALL.isKnown(entry.getKey())) {
                Optional<String> problem = Parsing.problem(BrokerSettings.ALL.key(entry.getKey()), entry.getValue());
                if (problem.isPresent()) {
                    throw new ConfigException(problem.get());
                }
            }
        }
        BrokerConfig config = new BrokerConfig(given, Map.of(), Map.of());
        Optional<String> contradiction = Consistency.problem(config);
        if (contradiction.isPresent()) {
            throw new ConfigException(contradiction.get());
        }
        return config;
    }

    /**
     * These settings with the altered ones over them. What can't be altered, isn't known or isn't valid is passed over: the
     * values were checked when they were altered.
     *
     * @param forAllBrokers altered for every broker
     * @param forThisBroker altered for this broker only
     */
    public BrokerConfig withDynamic(Map<String, String> forAllBrokers, Map<String, String> forThisBroker) {
        return new BrokerConfig(given, forAllBrokers, forThisBroker);
    }

    public NodeSettings node() {
        return node;
    }

    public ListenerSettings listeners() {
        return listeners;
    }

    public NetworkSettings network() {
        return network;
    }

    public HttpSettings http() {
        return http;
    }

    public DataSettings data() {
        return data;
    }

    public TopicCreationSettings topicCreation() {
        return topicCreation;
    }

    public MaintenanceSettings maintenance() {
        return maintenance;
    }

    public CleanerSettings cleaner() {
        return cleaner;
    }

    public FetchSettings fetch() {
        return fetch;
    }

    public ProducerSettings producer() {
        return producer;
    }

    public OffsetsSettings offsets() {
        return offsets;
    }

    public ClassicGroupSettings classicGroups() {
        return classicGroups;
    }

    public ConsumerGroupSettings consumerGroups() {
        return consumerGroups;
    }

    public MetadataLogSettings metadataLog() {
        return metadataLog;
    }

    public QuorumConfig quorum() {
        return quorum;
    }

    /** How a broker shows the controller that it lives. */
    public LifecycleSettings lifecycle() {
        return lifecycle;
    }

    /** What the controller does for the leaders of partitions. */
    public LeaderSettings leaders() {
        return leaders;
    }

    public MembershipSettings membership() {
        return membership;
    }

    /** How this broker copies the partitions that others lead. */
    public ReplicaFetchSettings replicaFetch() {
        return replicaFetch;
    }

    /** When a follower counts as in sync. */
    public InSyncSettings inSync() {
        return inSync;
    }

    /** What was altered for this broker, as text by name. */
    Map<String, String> forThis() {
        return forThis;
    }

    /** What was altered for every broker, as text by name. */
    Map<String, String> forAll() {
        return forAll;
    }

    /** What was altered for this broker and no setting here is named so: kept, without effect. */
    Map<String, String> otherForThis() {
        return otherForThis;
    }

    /** The same, altered for every broker. */
    Map<String, String> otherForAll() {
        return otherForAll;
    }

    /** Whether a setting is declared here and takes effect when it is altered. */
    public static boolean isLive(String name) {
        return BrokerSettings.ALL.isLive(name);
    }

    /** What was given at start, as text by name. */
    Map<String, String> given() {
        return given;
    }

    /** The value in force of a declared setting; null if it is unset. */
    @Nullable
    Object value(String name) {
        return values.byName().get(name);
    }

    private Values parseAll() {
        Map<String, Object> parsed = new HashMap<>();
        for (ConfigKey key : BrokerSettings.ALL.definitions().configKeys().values()) {
            String text = forThis.getOrDefault(key.name, forAll.getOrDefault(key.name, given.get(key.name)));
            Object value = text == null ? key.defaultValue : Parsing.parse(key, text);
            if (value != null) {
                parsed.put(key.name, value);
            }
        }
        return new Values(parsed);
    }

    private static Map<String, String> undeclared(Map<String, String> altered) {
        Map<String, String> other = new HashMap<>(altered);
        other.keySet().removeIf(BrokerSettings.ALL::isKnown);
        return Map.copyOf(other);
    }

    private static Map<String, String> liveAndValid(Map<String, String> altered) {
        Map<String, String> usable = new HashMap<>(altered);
        usable.entrySet()
                .removeIf(entry -> !BrokerSettings.ALL.isLive(entry.getKey())
                        || Parsing.problem(BrokerSettings.ALL.key(entry.getKey()), entry.getValue())
                                .isPresent());
        return usable;
    }
}
