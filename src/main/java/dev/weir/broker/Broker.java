package dev.weir.broker;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.controller.ControllerClient;
import dev.weir.gateway.BrokerState;
import dev.weir.gateway.BrokerState.Phase;
import dev.weir.metadata.ClusterImage;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.ShardStats;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.file.RealLogFiles;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One broker: starts its parts in the order in which they need each other, and stops them the other way round. HTTP comes
 * first, so that a long start can be watched; the Kafka protocol comes last, so that nobody is served too early.
 */
final class Broker {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final long PROGRESS_MS = 1_000;
    private static final long COMPANY_MS = 1_000;
    private static final long REMINDER_MS = 10_000;

    private final BrokerConfig config;
    private final LogFiles files = new RealLogFiles();
    private final VertxRuntime runtime;
    private final Vertx vertx;
    private final LocalBus bus;
    private final Deployments deployments;
    private final ControllerClient controller;
    private final PartitionClient partitions;
    private final LogDirsClient directories;
    private final Deque<String> network = new ArrayDeque<>();
    private final Deque<String> replicas = new ArrayDeque<>();
    private final CompletableFuture<String> mustEnd = new CompletableFuture<>();
    private final Promise<Void> named = Promise.promise();
    private volatile @Nullable LifecycleVerticle lifecycle;
    private final AtomicBoolean watches = new AtomicBoolean();
    private final AtomicLong opened = new AtomicLong();
    private volatile long known;
    private @Nullable LogDirs logDirs;
    private volatile boolean logsOpen;
    private volatile boolean stopping;
    private volatile Future<?> started = Future.succeededFuture();

    Broker(BrokerConfig config) {
        this.config = config;
        this.runtime = VertxRuntime.create(config.network().networkThreads());
        this.vertx = runtime.vertx();
        this.bus = new LocalBus(vertx);
        this.deployments = new Deployments(runtime, bus, config);
        this.controller = new ControllerClient(bus);
        this.partitions = new PartitionClient(bus, config.network().ioThreads());
        this.directories = new LogDirsClient(bus);
    }

    /**
     * Completes when clients are served; fails with {@link StartFailure} where one line can say why not, also when it is told
     * to stop before, or must end before.
     */
    Future<Void> start() {
        Promise<Void> outcome = Promise.promise();
        started = open().onComplete(opened -> {
            if (opened.succeeded()) {
                outcome.tryComplete();
            } else {
                outcome.tryFail(opened.cause());
            }
        });
        // What it waits for, as for the other brokers, may never come then.
        mustEnd.thenAccept(why -> outcome.tryFail(new StartFailure("this broker must stop: " + why)));
        return outcome.future();
    }

    /** Completes with the reason, in one line, if this broker must not go on. It has to be stopped then. */
    CompletableFuture<String> mustEnd() {
        return mustEnd;
    }

    private Future<Void> open() {
        LogDirs dirs;
        try {
            deployments.listen(FreePorts.chosen(config.listeners()));
            dirs = LogDirs.open(
                    files,
                    config.data().logDirs(),
                    config.metadataLog().dir(),
                    config.node().nodeId(),
                    config.node().clusterId(),
                    newCluster());
        } catch (StartFailure e) {
            return Future.failedFuture(e);
        }
        logDirs = dirs;
        try {
            // A start that will be refused must not say that it serves HTTP, nor change anything.
            deployments.checkPorts();
        } catch (StartFailure e) {
            return Future.failedFuture(e);
        }
        return deployments.gateway().compose(http -> {
            http.ifPresent(where -> LOG.info("Serving HTTP on {}", where));
            return serve(dirs, http.map(where -> "HTTP on " + where).orElse("no HTTP"));
        });
    }

    private LogDirs.NewCluster newCluster() {
        int id = config.node().nodeId();
        if (config.quorum().isAlone(id)) {
            return LogDirs.NewCluster.MADE_HERE;
        }
        boolean votes = config.quorum().voters().stream().anyMatch(voter -> voter.id() == id);
        return votes ? LogDirs.NewCluster.MADE_BY_THE_FIRST_LEADER : LogDirs.NewCluster.KNOWN_TO_OTHERS;
    }

    private Future<Void> serve(LogDirs dirs, String http) {
        if (dirs.clusterId().isPresent()) {
            named.complete();
        }
        Context here = vertx.getOrCreateContext();
        Runnable onName = () -> here.runOnContext(ignored -> named.tryComplete());
        return next(() -> deployments.controller(files, dirs, onName, mustEnd::complete))
                .compose(done -> deployments.isAlone())
                .compose(alone -> alone ? serveAlone(dirs) : serveAmongOthers(dirs))
                .map(address -> {
                    announce(Phase.READY, "serving", opened.get(), known);
                    vertx.executeBlocking(
                            () -> {
                                runtime.bindJvmMetrics();
                                return true;
                            },
                            false);
                    LOG.info(
                            "Ready: Kafka protocol on {}, {}, {} ms after the process started",
                            address,
                            http,
                            ProcessAge.ms());
                    return null;
                });
    }

    /** The only broker leads at once, and nobody has to reach it before it is ready. */
    private Future<String> serveAlone(LogDirs dirs) {
        deployments.letClientsIn();
        return controller
                .image()
                .compose(image -> next(() -> {
                    dirs.admitNew(image);
                    return deployments.register(controller, dirs);
                }))
                .compose(done -> next(() -> openLogs(dirs)))
                .compose(done -> next(() -> listen()))
                .onSuccess(where -> vertx.setPeriodic(COMPANY_MS, timer -> lookForCompany(timer, dirs)));
    }

    /**
     * Brokers that join this one are watched from then on. Once others are voters too, any of them may lead: then this broker too
     * has to show that it lives.
     */
    private void lookForCompany(long timer, LogDirs dirs) {
        if (!stopping && deployments.knowsOthers() && watches.compareAndSet(false, true)) {
            deployments
                    .detection()
                    .onFailure(cause ->
                            LOG.error("A broker that dies is not noticed before its session has ended", cause));
        }
        deployments.isAlone().onSuccess(alone -> {
            if (!alone && !stopping && vertx.cancelTimer(timer)) {
                LifecycleVerticle life = deployments.lifecycle(dirs);
                join(life)
                        .compose(done -> life.serve())
                        .onFailure(cause -> LOG.error("This broker cannot go on among others", cause));
            }
        });
    }

    /**
     * Several brokers need each other before any of them can serve: this one listens first, to peers only. Nothing is opened, set
     * aside or made before its metadata has reached its own registration.
     */
    private Future<String> serveAmongOthers(LogDirs dirs) {
        long reminder = vertx.setPeriodic(
                REMINDER_MS, timer -> deployments.whyNotJoined().onSuccess(LOG::warn));
        Future<String> listening = next(() -> listen());
        Future<LifecycleVerticle> joined = listening
                .compose(where -> next(() -> {
                    announce(Phase.STARTING, "joining the cluster", 0, 0);
                    return named.future();
                }))
                .compose(done -> next(() -> joined(deployments.lifecycle(dirs))));
        return joined.onComplete(done -> vertx.cancelTimer(reminder))
                .compose(life -> controller
                        .image()
                        .compose(image -> next(() -> {
                            dirs.admitNew(image);
                            return openLogs(dirs);
                        }))
                        .compose(done -> next(() -> {
                            deployments.letClientsIn();
                            return life.serve();
                        })))
                .compose(done -> listening);
    }

    private Future<LifecycleVerticle> joined(LifecycleVerticle life) {
        return join(life).compose(done -> life.caughtUp()).map(life);
    }

    /** Begins to show life to the controller, and to watch the others. */
    private Future<Void> join(LifecycleVerticle life) {
        life.refused().onSuccess(mustEnd::complete);
        return deployments
                .blocking(life, "weir-lifecycle")
                .onSuccess(done -> lifecycle = life)
                .compose(done ->
                        watches.compareAndSet(false, true) ? deployments.detection() : Future.succeededFuture());
    }

    private Future<Void> openLogs(LogDirs dirs) {
        return controller
                .image()
                .compose(image -> next(() -> openPartitions(dirs, image)))
                .compose(done -> next(() -> deployments.groups(partitions)))
                .compose(done -> next(() -> deployments.replicas(partitions, controller, replicas)));
    }

    private Future<String> listen() {
        return deployments.network(partitions, directories, deployments.controllerOfCluster(), network);
    }

    /**
     * Takes no more requests, answers those in flight, closes the logs. True where all of that went well. A start that is
     * under way ends its step first. After a start that has failed, which has said why, it says no more than what goes wrong.
     */
    Future<Boolean> stop() {
        boolean told = !started.failed();
        if (told) {
            LOG.info("Stopping");
        }
        stopping = true;
        named.tryFail(new StartFailure("told to stop before it was ready"));
        announce(Phase.STOPPING, "stopping", 0, 0);
        // Without a context, since no context outlives Vert.x.
        Promise<Boolean> stopped = Promise.promise();
        Future<Void> left = lifecycle == null ? Future.succeededFuture() : lifecycle.leave();
        started.transform(start -> left)
                .transform(done -> deployments.undeploy(network))
                .transform(done -> deployments.undeploy(replicas))
                .transform(
                        done -> logsOpen ? directories.close(deployments.brokerEpoch()) : Future.succeededFuture(true))
                .otherwise(cause -> {
                    LOG.error("The logs could not be closed in order", cause);
                    return false;
                })
                .onSuccess(clean -> {
                    if (told) {
                        LOG.info(clean ? "Stopped; all logs are synced and closed" : "Stopped, not in order");
                    }
                })
                .onSuccess(clean -> vertx.close().onComplete(done -> {
                    if (logDirs != null) {
                        logDirs.close();
                    }
                    stopped.complete(clean);
                }));
        return stopped.future();
    }

    private <T> Future<T> next(Supplier<Future<T>> step) {
        return stopping ? Future.failedFuture(new StartFailure("told to stop before it was ready")) : step.get();
    }

    private Future<Void> openPartitions(LogDirs dirs, ClusterImage image) {
        List<LogDirAtStart> settled;
        try {
            settled = dirs.settled(image);
        } catch (UncheckedIOException e) {
            return Future.failedFuture(new StartFailure(String.valueOf(e.getMessage())));
        }
        long count = image.topics().byId().values().stream()
                .mapToLong(t -> t.partitionCount())
                .sum();
        announce(Phase.STARTING, "opening partitions", 0, count);
        long progress = vertx.setPeriodic(PROGRESS_MS, timer -> {
            LOG.info("Opening partitions: {} of {} are done", opened.get(), count);
            announce(Phase.STARTING, "opening partitions", opened.get(), count);
        });
        // The keeper of the directories comes first: a shard that fails to open a log tells it.
        return deployments
                .logDirs(partitions, deployments.controllerOfCluster(), settled, dirs.failed())
                .compose(done -> deployments.shards(files, settled, dirs.failed(), image, opened::incrementAndGet))
                .compose(done -> {
                    logsOpen = true;
                    return directories.opened();
                })
                .compose(done -> Future.all(partitions.stats(false)))
                .onSuccess(stats -> sayOpened(stats.list(), count))
                .onComplete(done -> vertx.cancelTimer(progress))
                .mapEmpty();
    }

    /** What the shards say, since a partition whose log cannot be opened was tried as well. */
    private void sayOpened(List<ShardStats> shards, long count) {
        long online = shards.stream().mapToLong(ShardStats::online).sum();
        long offline = shards.stream().mapToLong(ShardStats::offline).sum();
        opened.set(online);
        known = online + offline;
        if (offline == 0) {
            LOG.info("Opened {} of {} partitions", online, count);
        } else {
            LOG.warn("Opened {} of {} partitions; {} are offline", online, count, offline);
        }
    }

    private void announce(Phase phase, String detail, long done, long of) {
        bus.publish(BrokerState.CHANGES, new BrokerState(phase, detail, done, of));
    }
}
