package dev.weir.broker;

import ch.qos.logback.classic.LoggerContext;
import dev.weir.bus.LocalBus;
import dev.weir.cluster.ClusterClient;
import dev.weir.cluster.ClusterVerticle;
import dev.weir.cluster.FailureDetectorVerticle;
import dev.weir.config.BrokerConfig;
import dev.weir.config.Listener;
import dev.weir.config.ListenerSettings;
import dev.weir.config.LogbackLevels;
import dev.weir.config.LoggerLevels;
import dev.weir.config.NetworkSettings;
import dev.weir.config.TopicSettings;
import dev.weir.controller.BrokerSessions;
import dev.weir.controller.ControllerClient;
import dev.weir.controller.ControllerCore;
import dev.weir.controller.ControllerSettings;
import dev.weir.controller.ControllerTasks;
import dev.weir.controller.ControllerVerticle;
import dev.weir.controller.ProducerIdClient;
import dev.weir.controller.ProducerIdVerticle;
import dev.weir.controller.SettingsConfigRules;
import dev.weir.controller.log.MetadataLogException;
import dev.weir.controller.log.MetadataLogOpener;
import dev.weir.gateway.GatewayVerticle;
import dev.weir.group.GroupClient;
import dev.weir.group.GroupCoordinatorVerticle;
import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.NewestImage;
import dev.weir.network.NetworkOptions;
import dev.weir.network.NetworkOptions.ListenAddress;
import dev.weir.network.NetworkOptions.Use;
import dev.weir.network.NetworkVerticle;
import dev.weir.network.api.AnswerMemory;
import dev.weir.network.api.ApiServices;
import dev.weir.network.api.BrokerView;
import dev.weir.network.api.ClientGate;
import dev.weir.partition.CleanerSlots;
import dev.weir.partition.PartitionLogVerticle;
import dev.weir.partition.ShardOptions;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.logdirs.DirectoryLoads;
import dev.weir.partition.logdirs.FailedLogDir;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.partition.logdirs.LogDirsVerticle;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumClient;
import dev.weir.replica.ReplicaFetcherVerticle;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.IoThrottle;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.slf4j.LoggerFactory;

/** Makes and deploys the verticles of one broker. */
final class Deployments {
    private static final int SYNC_THREADS = 4;
    private static final long RETRY_MS = 10_000;
    private static final long PROBE_MS = 2_000;
    private static final long DRAIN_MS = 10_000;
    private static final long STOP_MS = 30_000;

    private final VertxRuntime runtime;
    private final Vertx vertx;
    private final LocalBus bus;
    private final BrokerConfig config;
    private final KnownReplicas known = new KnownReplicas();
    private final QuorumClient quorum;
    private final Peers peers;
    private final ClientGate gate = new ClientGate();
    private final FileDescriptors descriptors = FileDescriptors.ofProcess();
    private final NewestImage newest = new NewestImage(ClusterImage.empty(""));
    private final Uuid incarnation = Uuid.randomUuid();
    private ListenerSettings listeners;

    Deployments(VertxRuntime runtime, LocalBus bus, BrokerConfig config) {
        this.runtime = runtime;
        this.vertx = runtime.vertx();
        this.bus = bus;
        this.config = config;
        this.listeners = config.listeners();
        this.quorum = new QuorumClient(bus, known);
        this.peers = new Peers(
                vertx, config, quorum, () -> listeners, () -> newest.get().clusterId(), bus);
    }

    /** Says where to serve the Kafka protocol, and what clients are told, when ports had to be chosen. */
    void listen(ListenerSettings chosen) {
        this.listeners = chosen;
    }

    /**
     * Makes sure that the Kafka protocol can be served.
     *
     * @throws StartFailure if a port is taken
     */
    void checkPorts() throws StartFailure {
        boolean http = config.http().isEnabled();
        FreePorts.check(
                listeners.listeners(),
                http ? new InetSocketAddress(config.http().host(), config.http().port()) : null);
    }

    /** Serves HTTP unless it is switched off; answers where, for people. */
    Future<Optional<String>> gateway() {
        if (!config.http().isEnabled()) {
            return Future.succeededFuture(Optional.empty());
        }
        String host = config.http().host();
        int port = config.http().port();
        GatewayVerticle gateway = new GatewayVerticle(
                bus, host, port, runtime.registry(), config.network().ioThreads());
        return vertx.deployVerticle(gateway)
                .recover(cause -> Future.failedFuture(new StartFailure("cannot serve HTTP on " + host + ":" + port
                        + ": " + cause.getMessage() + " (http.host, http.port)")))
                .map(id -> Optional.of(host + ":" + gateway.boundPort()));
    }

    /**
     * Deploys the controller.
     *
     * @param named runs on the controller's thread when the cluster has got its id, if it had none
     * @param unable told why this broker must stop, if its copy of the metadata cannot go on
     */
    Future<Void> controller(LogFiles files, LogDirs dirs, Runnable named, Consumer<String> unable) {
        ControllerSettings settings = new ControllerSettings(
                config.topicCreation().partitions(),
                (short) config.topicCreation().replicationFactor(),
                config.topicCreation().deleteEnabled(),
                Feature.allSupported());
        LogDirAtStart logDir = dirs.metadataLogDir();
        SystemRandomSource random = new SystemRandomSource();
        ControllerCore core = new ControllerCore(settings, new SettingsConfigRules(config), random);
        ControllerVerticle verticle = new ControllerVerticle(
                bus,
                core,
                Quorums.setup(config, listeners, dirs.clusterId(), logDir.id()),
                new MetadataLogOpener(
                        files, logDir.directory(), config.metadataLog().segmentBytes()),
                peers,
                random::below,
                clusterId -> {
                    dirs.name(clusterId);
                    named.run();
                },
                newest,
                known,
                new BrokerSessions(config.lifecycle().sessionMs()),
                new ControllerTasks(
                        core,
                        new ControllerTasks.Settings(
                                config.leaders().rebalance(),
                                TimeUnit.SECONDS.toMillis(config.leaders().imbalanceCheckSeconds()),
                                config.leaders().uncleanElectionMs())));
        verticle.unable().onSuccess(unable::accept);
        return blocking(verticle, "weir-controller")
                .recover(cause -> cause instanceof MetadataLogException
                        ? Future.failedFuture(new StartFailure(String.valueOf(cause.getMessage())))
                        : Future.failedFuture(cause));
    }

    /** The controller of the cluster, wherever it is. */
    ControllerClient controllerOfCluster() {
        return new ControllerClient(bus, peers);
    }

    /** Whether this broker keeps the metadata log by itself. */
    Future<Boolean> isAlone() {
        return quorum.view()
                .map(view -> view.voterSet().size() == 1
                        && view.voterSet().voter(config.node().nodeId()).isPresent());
    }

    /** Whether any other broker is registered. */
    boolean knowsOthers() {
        return newest.get().brokers().keySet().stream()
                .anyMatch(id -> id != config.node().nodeId());
    }

    /** One line for the log of a broker that waits for the others. */
    Future<String> whyNotJoined() {
        return quorum.view().map(view -> {
            if (view.leaderId() >= 0 && newest.get().clusterId().isEmpty()) {
                return "Waiting to be told the id of the cluster by its leader, broker " + view.leaderId()
                        + ". If the cluster does not know this broker as a voter at this address, set cluster.id";
            }
            if (view.leaderId() >= 0) {
                return "Waiting to be registered by the controller, broker " + view.leaderId()
                        + ". Is another broker with node.id " + config.node().nodeId()
                        + " running, or are log directories copied or emptied?";
            }
            String voters = view.voterSet().ids().toString();
            return "No controller is known yet. Are the voters " + voters
                    + " running, with the same controller.quorum.voters, and without a cluster.id or with the same one? A"
                    + " new cluster needs all of them once, then a majority";
        });
    }

    /** Lets clients in. */
    void letClientsIn() {
        gate.open();
    }

    /** Shows the controller that this broker lives, once it is deployed. */
    LifecycleVerticle lifecycle(LogDirs dirs) {
        LifecycleCore core = new LifecycleCore(
                config.node().nodeId(),
                config.lifecycle().heartbeatMs(),
                config.lifecycle().registrationMs(),
                STOP_MS,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        return new LifecycleVerticle(bus, controllerOfCluster(), registration(dirs), core);
    }

    /** Watches the other brokers, and joins the membership beside everything else; nobody waits for that. */
    Future<Void> detection() {
        int self = config.node().nodeId();
        ClusterClient cluster = new ClusterClient(bus);
        DetectionVerticle detection = new DetectionVerticle(
                bus, self, listeners.interBroker(), peers, newest, new ControllerClient(bus), quorum, cluster);
        Future<Void> watching = blocking(new FailureDetectorVerticle(bus, self), "weir-detection")
                .compose(done -> vertx.deployVerticle(detection))
                .mapEmpty();
        return watching.onSuccess(done -> Memberships.options(config, listeners, incarnation)
                .ifPresent(options -> vertx.deployVerticle(ClusterVerticle.withHazelcast(bus, options))));
    }

    private BrokerRegistrationRequestData registration(LogDirs dirs) {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(config.node().nodeId())
                .setClusterId(dirs.clusterId().orElseThrow())
                .setIncarnationId(incarnation)
                .setRack(config.node().rack())
                .setPreviousBrokerEpoch(dirs.previousBrokerEpoch())
                .setLogDirs(dirs.logDirs().stream().map(LogDirAtStart::id).toList());
        listeners.ofBroker().forEach(listener -> request.listeners()
                .add(new BrokerRegistrationRequestData.Listener()
                        .setName(listener.name())
                        .setHost(listener.host())
                        .setPort(listener.port())
                        .setSecurityProtocol(SecurityProtocol.PLAINTEXT.id)));
        Feature.allSupported().forEach(range -> request.features()
                .add(new BrokerRegistrationRequestData.Feature()
                        .setName(range.name())
                        .setMinSupportedVersion(range.min())
                        .setMaxSupportedVersion(range.max())));
        return request;
    }

    /** The epoch in which this process is registered, as far as its metadata says; -1 if it isn't. */
    long brokerEpoch() {
        return newest.get()
                .broker(config.node().nodeId())
                .filter(broker -> broker.incarnationId().equals(incarnation))
                .map(BrokerImage::epoch)
                .orElse(LogDirectory.NO_EPOCH);
    }

    /** Makes the only broker of a cluster known to itself. */
    Future<Void> register(ControllerClient controller, LogDirs dirs) {
        return controller.registerBroker(registration(dirs)).compose(response -> {
            Errors error = Errors.forCode(response.errorCode());
            return error == Errors.NONE
                    ? Future.succeededFuture()
                    : Future.failedFuture(new StartFailure("this broker cannot be registered: " + error.message()));
        });
    }

    Future<Void> shards(
            LogFiles files,
            List<LogDirAtStart> logDirs,
            List<FailedLogDir> failed,
            ClusterImage image,
            Runnable onOpened) {
        int shards = config.network().ioThreads();
        // A shard compacts one log at a time; the slots bound how many do.
        WorkerExecutor cleanerPool = vertx.createSharedWorkerExecutor("weir-cleaner", shards);
        CleanerSlots cleanerSlots = new CleanerSlots();
        IoThrottle cleanerThrottle = new IoThrottle(config.cleaner().maxBytesPerSecond());
        WorkerExecutor syncPool = vertx.createSharedWorkerExecutor("weir-sync", SYNC_THREADS);
        DirectoryLoads loads = new DirectoryLoads(logDirs);
        List<Future<String>> started = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            AlteredConfig altered = new AlteredConfig(config);
            ShardOptions options = new ShardOptions(
                    config.node().nodeId(),
                    shard,
                    shards,
                    logDirs,
                    failed,
                    loads,
                    descriptors.ofLogs() / shards,
                    RETRY_MS,
                    altered,
                    (now, topic) -> TopicSettings.toLogConfig(
                            altered.apply(now), now.configs().ofTopic(topic)),
                    partition -> new ProducerStateManager());
            PartitionLogVerticle verticle = new PartitionLogVerticle(
                    bus,
                    options,
                    image,
                    new OpenFileCache(files, options.openFiles()),
                    syncPool,
                    cleanerPool,
                    cleanerThrottle,
                    cleanerSlots,
                    controllerOfCluster()::alterPartition,
                    onOpened);
            started.add(vertx.deployVerticle(verticle, ownThread("weir-shard-" + shard)));
        }
        return Future.all(started).mapEmpty();
    }

    Future<Void> logDirs(
            PartitionClient partitions,
            ControllerClient controller,
            List<LogDirAtStart> logDirs,
            List<FailedLogDir> failed) {
        ReplicaDirectoryAssigner assigner =
                new ReplicaDirectoryAssigner(controller, config.node().nodeId());
        LogDirsVerticle verticle = new LogDirsVerticle(
                bus,
                partitions,
                logDirs,
                failed,
                assigner::assign,
                config.maintenance(),
                config.data().reserveBytes(),
                PROBE_MS);
        return vertx.deployVerticle(verticle, ownThread("weir-log-dirs")).mapEmpty();
    }

    /** Coordinates groups; they load beside what follows. */
    Future<Void> groups(PartitionClient partitions) {
        List<Future<String>> started = new ArrayList<>();
        for (int shard = 0; shard < partitions.shards(); shard++) {
            started.add(vertx.deployVerticle(new GroupCoordinatorVerticle(bus, partitions, config, shard)));
        }
        return Future.all(started).mapEmpty();
    }

    /** Copies what other brokers lead; the logs are open, and what is {@code deployed} ends before they are closed. */
    Future<Void> replicas(PartitionClient partitions, ControllerClient controller, Collection<String> deployed) {
        List<Future<?>> started = new ArrayList<>();
        for (int shard = 0; shard < partitions.shards(); shard++) {
            int id = config.node().nodeId();
            ReplicaFetcherVerticle.Options options = new ReplicaFetcherVerticle.Options(
                    id, shard, partitions.shards(), listeners.interBroker(), config.replicaFetch());
            ReplicaFetcherVerticle verticle = new ReplicaFetcherVerticle(
                    bus, options, () -> peers.client("broker-" + id + "-fetcher-" + options.shard()));
            started.add(vertx.deployVerticle(verticle).onSuccess(deployed::add));
        }
        return Future.all(started).mapEmpty();
    }

    /** Serves the Kafka protocol; answers where, for people. */
    Future<String> network(
            PartitionClient partitions,
            LogDirsClient directories,
            ControllerClient controller,
            Collection<String> deployed) {
        GroupClient groups = new GroupClient(bus, partitions.shards());
        NetworkOptions options = networkOptions();
        NetworkVerticle.Shared shared = new NetworkVerticle.Shared(options);
        AnswerMemory answers = new AnswerMemory();
        int instances = config.network().networkThreads();
        LoggerLevels loggers = new LogbackLevels((LoggerContext) LoggerFactory.getILoggerFactory());
        AtomicBoolean first = new AtomicBoolean(true);
        Future<Void> started = vertx.deployVerticle(new ProducerIdVerticle(
                        bus, controller, newest, config.node().nodeId()))
                .mapEmpty();
        for (int i = 0; i < instances; i++) {
            NetworkVerticle verticle = new NetworkVerticle(options, shared, runtime.registry(), () -> {
                BrokerView view = new BrokerView(config.node().nodeId(), config, newest);
                Future<Void> limited = first.getAndSet(false) ? limits(shared) : Future.succeededFuture();
                return limited.map(done -> new ApiServices(
                                view,
                                partitions,
                                directories,
                                controller,
                                new ProducerIdClient(bus),
                                quorum,
                                answers,
                                groups,
                                loggers,
                                gate,
                                instances)
                        .table());
            });
            started = started.compose(done -> vertx.deployVerticle(verticle).map(id -> {
                deployed.add(id);
                return null;
            }));
        }
        String where =
                options.addresses().stream().map(a -> a.host() + ":" + a.port()).collect(Collectors.joining(", "));
        return started.map(where)
                .recover(cause -> Future.failedFuture(new StartFailure(
                        "cannot serve the Kafka protocol on " + where + ": " + cause.getMessage() + " (listeners)")));
    }

    /** Keeps the limits that all instances share as the metadata alters them. */
    private Future<Void> limits(NetworkVerticle.Shared shared) {
        AlteredConfig altered = new AlteredConfig(config);
        NoEffectWarnings warnings = new NoEffectWarnings(config.node().nodeId());
        return new ImageClient(bus).follow(ClusterImage.empty(""), change -> {
            NetworkSettings now = altered.apply(change.after()).network();
            shared.limit(descriptors.ofClients(now.maxConnections()), now.maxConnectionsPerIp());
            warnings.look(change.after());
        });
    }

    Future<Void> undeploy(Collection<String> ids) {
        return Future.join(ids.stream().map(vertx::undeploy).toList()).mapEmpty();
    }

    /** Deploys a verticle that may block, on one thread that is its own. */
    Future<Void> blocking(VerticleBase verticle, String name) {
        return vertx.deployVerticle(verticle, ownThread(name)).mapEmpty();
    }

    private NetworkOptions networkOptions() {
        List<ListenAddress> addresses =
                listeners.listeners().stream().map(this::address).toList();
        return new NetworkOptions(
                addresses,
                config.network().maxRequestBytes(),
                config.network().queuedMaxRequestBytes(),
                descriptors.ofClients(config.network().maxConnections()),
                config.network().maxConnectionsPerIp(),
                config.network().maxIdleMs(),
                config.network().sendBufferBytes(),
                config.network().receiveBufferBytes(),
                config.network().backlog(),
                DRAIN_MS);
    }

    private ListenAddress address(Listener listener) {
        String name = listener.name();
        boolean brokers = name.equals(listeners.interBroker()) || listeners.isForControllers(name);
        Use use = listeners.isForPeersOnly(name) ? Use.BROKERS : brokers ? Use.BOTH : Use.CLIENTS;
        return new ListenAddress(name, listener.host(), listener.port(), use);
    }

    private static DeploymentOptions ownThread(String name) {
        return new DeploymentOptions()
                .setThreadingModel(ThreadingModel.WORKER)
                .setWorkerPoolName(name)
                .setWorkerPoolSize(1);
    }
}
