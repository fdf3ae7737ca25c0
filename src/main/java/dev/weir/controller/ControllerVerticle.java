package dev.weir.controller;

import dev.weir.bus.Address;
import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.controller.DecisionIntake.From;
import dev.weir.controller.log.Answer;
import dev.weir.controller.log.ClusterNaming;
import dev.weir.controller.log.DriverPorts;
import dev.weir.controller.log.MetadataLog;
import dev.weir.controller.log.MetadataLogException;
import dev.weir.controller.log.MetadataLogOpener;
import dev.weir.controller.log.PeerRequest;
import dev.weir.controller.log.QuorumSetup;
import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.MetadataUpdates;
import dev.weir.metadata.NewestImage;
import dev.weir.quorum.Asker;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumCall;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumTransport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller, and this broker's replica of the metadata log. While it leads, it asks {@link ControllerCore} for each
 * decision; else it follows. Everybody is told of a committed image before whoever asked for the decision is answered. A worker
 * verticle with one thread of its own, which owns the log.
 *
 * <p>If the disk of a broker that is the only voter has failed, the log is opened again from time to time: that is a new life
 * of the replica, in a new epoch. Among several voters the others lead, until this broker is started again.
 */
public final class ControllerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerVerticle.class);
    private static final long SNAPSHOT_CHECK_MS = 10_000;
    private static final long REOPEN_MS = 1_000;
    private static final long LAST_ANSWERS_MS = 50;

    private final LocalBus bus;
    private final ControllerCore core;
    private final QuorumSetup setup;
    private final MetadataLogOpener opener;
    private final QuorumTransport transport;
    private final IntUnaryOperator chance;
    private final ClusterNaming naming;
    private final NewestImage newest;
    private final KnownReplicas known;
    private final BrokerSessions sessions;
    private final ControllerTasks tasks;
    private final ElectionLog elections = new ElectionLog();
    private final Promise<Void> active = Promise.promise();
    private final Promise<String> unable = Promise.promise();
    private final ExecutorService syncs = thread("weir-metadata-sync");
    private final ExecutorService background = thread("weir-metadata-snapshot");
    private @Nullable MetadataLog opened;
    private @Nullable DecisionIntake intake;
    private boolean abandoned;

    /**
     * The controller of one broker.
     *
     * @param opener opens the log's files, on the controller's thread
     * @param transport the way to the other voters
     * @param chance a random number from 0 to below the one it is given
     * @param naming keeps the id of the cluster, if it is not known yet
     * @param newest where the image is kept up to date for all to read
     * @param known where the voters and the registered brokers are kept up to date for all to read
     * @param sessions of the brokers, while this one is the active controller
     * @param tasks for which nobody asks
     */
    public ControllerVerticle(
            LocalBus bus,
            ControllerCore core,
            QuorumSetup setup,
            MetadataLogOpener opener,
            QuorumTransport transport,
            IntUnaryOperator chance,
            ClusterNaming naming,
            NewestImage newest,
            KnownReplicas known,
            BrokerSessions sessions,
            ControllerTasks tasks) {
        this.bus = bus;
        this.core = core;
        this.setup = setup;
        this.opener = opener;
        this.transport = transport;
        this.chance = chance;
        this.naming = naming;
        this.newest = newest;
        this.known = known;
        this.sessions = sessions;
        this.tasks = tasks;
    }

    /** Completes at once among several voters; a broker that is the only one leads by then. */
    @Override
    public Future<?> start() throws Exception {
        DriverPorts ports = ports();
        MetadataLog log = open(ports);
        opened = log;
        newest.set(log.committed());
        noteReplicas();
        boolean alone = log.voters().isOnly(setup.me());
        intake = new DecisionIntake(ports.owner());
        serve(
                From.CLIENT,
                ControllerClient.CREATE_TOPICS,
                (image, request) -> core.createTopics(image, request, voters()));
        serve(From.CLIENT, ControllerClient.ELECT_LEADERS, core::electLeaders);
        serve(From.CLIENT, ControllerClient.DELETE_TOPICS, core::deleteTopics);
        serve(From.CLIENT, ControllerClient.CREATE_PARTITIONS, core::createPartitions);
        serve(From.CLIENT, ControllerClient.ALTER_CONFIGS, core::alterConfigs);
        serve(From.CLIENT, ControllerClient.INCREMENTAL_ALTER_CONFIGS, core::incrementalAlterConfigs);
        serve(From.BROKER, ControllerClient.ALLOCATE_PRODUCER_IDS, core::allocateProducerIds);
        serve(From.CLIENT, ControllerClient.ALTER_REASSIGNMENTS, core::alterReassignments);
        serve(From.BROKER, ControllerClient.ALTER_PARTITION, core::alterPartition);
        serve(From.BROKER, ControllerClient.ASSIGN_REPLICAS_TO_DIRS, core::assignReplicasToDirs);
        serve(
                From.BROKER,
                ControllerClient.BROKER_HEARTBEAT,
                (image, request) -> core.heartbeat(image, request, sessions, monotonicMs()));
        serve(From.BROKER, ControllerClient.BROKER_DIED, this::died);
        serve(From.CLIENT, ControllerClient.UNREGISTER_BROKER, core::unregisterBroker);
        serve(
                From.CLIENT,
                ControllerClient.UPDATE_FEATURES,
                (image, request) ->
                        core.updateFeatures(image, request, log().voters().ids()));
        serve(From.BROKER, ControllerClient.REGISTER_BROKER, this::register);
        bus.serve(ControllerClient.STATS, ignored -> Future.succeededFuture(stats()));
        bus.serve(ImageClient.NEWEST, ignored -> Future.succeededFuture(log().committed()));
        QuorumClient.serveRequests(bus, this::ask);
        bus.serve(QuorumClient.LEADER_LOST, lost -> {
            log().take(lost);
            return Future.succeededFuture(true);
        });
        QuorumClient.serveViews(bus, () -> Future.succeededFuture(log().view()));
        log.start();
        vertx.setPeriodic(setup.settings().tickMs(), timer -> tick());
        vertx.setPeriodic(SNAPSHOT_CHECK_MS, timer -> log().snapshotIfDue());
        vertx.setPeriodic(REOPEN_MS, timer -> openAgain(ports));
        return alone ? active.future() : Future.succeededFuture();
    }

    @Override
    public Future<?> stop() throws Exception {
        Promise<Void> stopped = Promise.promise();
        if (intake != null) {
            intake.end(Errors.NOT_CONTROLLER);
        }
        if (opened == null || abandoned) {
            stopped.complete();
        } else {
            opened.close(stopped::complete);
        }
        return stopped.future().compose(done -> lastAnswers()).onComplete(done -> {
            syncs.shutdown();
            background.shutdown();
        });
    }

    /** What was asked of peers ends a moment after their connections are closed, and is still told on this thread. */
    private Future<Void> lastAnswers() {
        if (opened == null || opened.voters().isOnly(setup.me())) {
            return Future.succeededFuture();
        }
        Promise<Void> told = Promise.promise();
        vertx.setTimer(LAST_ANSWERS_MS, timer -> told.complete());
        return told.future();
    }

    private DriverPorts ports() {
        Context context = vertx.getOrCreateContext();
        return new DriverPorts(
                task -> run(context, task),
                syncs,
                background,
                ControllerVerticle::monotonicMs,
                ControllerVerticle::now,
                chance,
                transport,
                naming);
    }

    private static void run(Context context, Runnable task) {
        try {
            context.runOnContext(ignored -> task.run());
        } catch (RejectedExecutionException e) {
            LOG.debug("Something ended after the controller", e);
        }
    }

    private static ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private MetadataLog open(DriverPorts ports) throws IOException, MetadataLogException {
        return MetadataLog.open(
                opener.open(now()),
                setup,
                ports,
                new MetadataLog.Outputs(this::publish, core::bootstrap, this::becomeActive));
    }

    private DecisionIntake intake() {
        if (intake == null) {
            throw new IllegalStateException("not started");
        }
        return intake;
    }

    private MetadataLog log() {
        if (opened == null) {
            throw new IllegalStateException("not started");
        }
        return opened;
    }

    /** First to the shards, which must know a partition before a request that has seen it comes to them. */
    private void publish(ImageChange change) {
        bus.publish(MetadataUpdates.CHANGES, change);
        newest.set(change.after());
        noteReplicas();
    }

    private void noteReplicas() {
        known.set(log().voters().ids(), newest.get().brokers().keySet());
    }

    /**
     * Completes with the reason, in one line, if this broker among several cannot follow the metadata any more. It must stop:
     * it would serve what is not its own any more.
     */
    public Future<String> unable() {
        return unable.future();
    }

    private void becomeActive() {
        sessions.begin(log().decided(), monotonicMs());
        tasks.begin(monotonicMs());
        active.tryComplete();
        // Later, as this is told while a decision is being published.
        context.runOnContext(ignored -> beginTerm());
    }

    private void beginTerm() {
        if (log().isActive()) {
            decide(new ControllerResult<>(core.begin(log().decided()), true));
        }
    }

    private void tick() {
        log().tick();
        noteReplicas();
        fenceSilent();
        doTasks();
        if (log().hasFailed()) {
            active.tryFail(new MetadataLogException("the metadata log cannot be written"));
            Optional<String> outdated = log().outdated().map(what -> "it is too old for its cluster: " + what);
            if (outdated.isPresent() || !log().voters().isOnly(setup.me())) {
                unable.tryComplete(
                        outdated.orElse("its copy of the metadata cannot go on; the lines before say why. The"
                                + " other brokers go on without it: mend its disk, and start it again"));
            }
        }
    }

    /** The only voter has nobody who could lead instead. */
    private void openAgain(DriverPorts ports) {
        MetadataLog failed = log();
        if (!failed.hasFailed() || !failed.voters().isOnly(setup.me())) {
            return;
        }
        if (!abandoned) {
            failed.abandon();
            abandoned = true;
        }
        try {
            MetadataLog log = open(ports);
            ClusterImage before = newest.get();
            ClusterImage after = log.committed();
            if (after.position().offset() < before.position().offset()) {
                log.abandon();
                throw new MetadataLogException("the metadata log ends at "
                        + after.position().offset() + ", below what was committed, "
                        + before.position().offset());
            }
            opened = log;
            abandoned = false;
            publish(ImageChange.everything(before, after));
            log.start();
            LOG.info("The metadata log was opened again");
        } catch (IOException | MetadataLogException e) {
            LOG.warn("The metadata log cannot be opened again yet: {}", e.toString());
        }
    }

    private ControllerResult<BrokerRegistrationResponseData> register(
            ClusterImage image, BrokerRegistrationRequestData request) {
        boolean only = log().voters().isOnly(setup.me())
                && request.brokerId() == setup.me().id();
        boolean alive = image.broker(request.brokerId())
                .map(broker -> sessions.isAlive(broker.id(), broker.epoch(), monotonicMs()))
                .orElse(false);
        ControllerResult<BrokerRegistrationResponseData> result = only
                ? core.registerOnlyBroker(image, request, log().nextOffset())
                : core.registerBroker(image, request, log().nextOffset(), alive);
        if (!result.records().isEmpty()) {
            image.broker(request.brokerId()).ifPresent(old -> tellOfItsStop(old, request));
        }
        return result;
    }

    private static void tellOfItsStop(BrokerImage old, BrokerRegistrationRequestData request) {
        boolean restarted = !old.incarnationId().equals(request.incarnationId());
        if (restarted && old.epoch() != request.previousBrokerEpoch()) {
            LOG.warn(
                    "Broker {} was not stopped in order: it was registered in epoch {}, and its log directories name {}",
                    old.id(),
                    old.epoch(),
                    request.previousBrokerEpoch());
        }
    }

    /** The broker on which this controller runs is as alive as the controller. */
    private void fenceSilent() {
        if (!log().isActive()) {
            return;
        }
        for (BrokerImage silent : sessions.expired(log().decided(), monotonicMs())) {
            if (silent.id() != setup.me().id()) {
                LOG.warn("Broker {} has shown no life within its session: others lead what it led", silent.id());
                decide(core.fenceBroker(log().decided(), silent.id(), silent.epoch()));
            }
        }
    }

    private void doTasks() {
        if (log().isActive()) {
            ControllerTasks.Work work = tasks.due(log().decided(), voters(), monotonicMs());
            if (!work.isEmpty()) {
                LOG.info("{} partition(s) {}", work.records().size(), work.what());
                decide(new ControllerResult<>(work.records(), true));
            }
        }
    }

    private ControllerResult<Errors> died(ClusterImage image, BrokerDeath death) {
        BrokerImage broker = image.broker(death.brokerId()).orElse(null);
        boolean known = broker != null
                && broker.incarnationId().equals(death.incarnationId())
                && broker.id() != setup.me().id();
        if (broker == null || !known) {
            return ControllerResult.unchanged(Errors.NONE);
        }
        sessions.end(broker.id(), broker.epoch());
        if (!broker.fenced()) {
            LOG.warn("Broker {} is dead ({}): others lead what it led", broker.id(), death.evidence());
        }
        return core.fenceBroker(image, broker.id(), broker.epoch());
    }

    private <Q, R> void serve(
            From from, Address<Q, R> address, BiFunction<ClusterImage, Q, ControllerResult<R>> decision) {
        bus.serve(address, request -> {
            Promise<R> answer = Promise.promise();
            if (!isActive(answer)) {
                return answer.future();
            }
            boolean waits = intake().add(from, new DecisionIntake.Request() {
                @Override
                public int decide() {
                    return isActive(answer) ? take(decision, request, answer) : 0;
                }

                @Override
                public void refuse(Errors error) {
                    answer.fail(refusal(error));
                }
            });
            if (!waits) {
                answer.fail(new BusException(
                        Errors.THROTTLING_QUOTA_EXCEEDED,
                        DecisionIntake.MOST_WAITING + " requests wait for the controller's decision; try again later"));
            }
            return answer.future();
        });
    }

    /** Whether decisions are taken here; answers that they are not. */
    private boolean isActive(Promise<?> answer) {
        MetadataLog log = log();
        if (!log.isActive()) {
            answer.fail(refusal(log.hasFailed() ? Errors.KAFKA_STORAGE_ERROR : Errors.NOT_CONTROLLER));
        }
        return log.isActive();
    }

    private <Q, R> int take(BiFunction<ClusterImage, Q, ControllerResult<R>> decision, Q request, Promise<R> answer) {
        try {
            ControllerResult<R> result = decision.apply(log().decided(), request);
            decide(result).onComplete(answer);
            return result.records().size();
        } catch (RuntimeException | Error e) {
            answer.tryFail(e);
            return 0;
        }
    }

    private int voters() {
        return log().voters().size();
    }

    private ControllerStats stats() {
        boolean leads = log().isActive();
        return core.stats(leads ? log().committed() : ClusterImage.empty(""), leads, elections.counts());
    }

    private <R> Future<R> decide(ControllerResult<R> result) {
        Promise<R> answer = Promise.promise();
        Elections elected = Elections.in(log().decided(), result.records());
        log().decide(result.records(), new Answer() {
            @Override
            public void committed() {
                elections.add(elected);
                answer.complete(result.response());
            }

            @Override
            public void failed(Errors error) {
                answer.fail(refusal(error));
            }
        });
        return answer.future();
    }

    private static BusException refusal(Errors error) {
        return new BusException(
                error,
                error == Errors.KAFKA_STORAGE_ERROR
                        ? "the metadata log cannot be written"
                        : "this broker is not the controller");
    }

    private Future<QuorumAnswer> ask(QuorumCall call) {
        Promise<QuorumAnswer> answer = Promise.promise();
        QuorumRequest request = call.request();
        boolean registered = log().committed().broker(request.speaker()).isPresent();
        log().ask(request, new Asker(call.connection(), registered), new PeerRequest() {
            @Override
            public void answered(QuorumAnswer response) {
                answer.complete(response);
            }

            @Override
            public void failed(Errors error) {
                answer.fail(new BusException(error, "this broker's replica of the metadata log takes no part"));
            }
        });
        return answer.future();
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    private static long monotonicMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
