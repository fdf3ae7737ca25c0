package dev.weir.controller.log;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.quorum.Asker;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumTransport;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.InterceptedLogFiles;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** One replica of the simulation: the real driver over the real storage, on files in memory. */
final class ReplicaSim {
    static final Path DIR = Path.of("/data");
    private static final int SEGMENT_BYTES = 1500;
    private static final int MAX_BATCH_RECORDS = 3;

    final int id;
    final ReplicaKey key;
    final InMemoryLogFiles disk = new InMemoryLogFiles();
    private final MetadataLogSimulation simulation;
    private final LogFiles seen;
    private @Nullable MetadataLog log;
    private long shown;
    private Optional<String> clusterId;
    private ClusterImage image = ClusterImage.empty("cluster");
    boolean running;
    int life;
    long pausedUntil;

    /** @param clusterId empty if the first leader is to make it */
    ReplicaSim(int id, Optional<String> clusterId, MetadataLogSimulation simulation) {
        this.id = id;
        this.clusterId = clusterId;
        this.simulation = simulation;
        key = new ReplicaKey(id, new Uuid(7, id));
        seen = new InterceptedLogFiles(disk, new MistakenDisk(simulation.mistake));
        disk.onOperation((operation, path) -> simulation.faults.before(this, operation, path));
    }

    MetadataLog log() {
        if (log == null) {
            throw new IllegalStateException(id + " never ran");
        }
        return log;
    }

    void start() {
        if (running) {
            return;
        }
        life++;
        try {
            QuorumSetup setup = new QuorumSetup(
                    clusterId,
                    new Voter(key, List.of()),
                    simulation.configured,
                    simulation.settings,
                    new SnapshotPolicy(600, 0));
            MetadataLogOpener opener = new MetadataLogOpener(seen, LogDirectory.open(seen, DIR), SEGMENT_BYTES);
            log = MetadataLog.open(
                    opener.open(simulation.now),
                    setup,
                    ports(),
                    new MetadataLog.Outputs(this::show, ReplicaSim::bootstrap, () -> {}),
                    MAX_BATCH_RECORDS,
                    new MistakenDriverRules(simulation.mistake));
            running = true;
            shown = -1;
            if (log.committed().position().offset() >= 0) {
                simulation.oracle.published(this, log.committed());
                shown = log.committed().position().offset();
                image = log.committed();
            }
            log.start();
        } catch (IOException e) {
            simulation.crash(this, 100);
        } catch (MetadataLogException | dev.weir.storage.directory.LogDirectoryException e) {
            throw new AssertionError(this + " does not start", e);
        }
    }

    private static List<MetadataRecord> bootstrap() {
        return List.of(new FeatureLevelRecord("metadata.version", (short) 29));
    }

    private DriverPorts ports() {
        int ofLife = life;
        Executor owner = task -> simulation.later(0, () -> inLife(ofLife, task));
        Executor syncs = task -> simulation.later(simulation.syncDelay(), () -> inLife(ofLife, task));
        Executor background = task -> simulation.later(1 + simulation.chance(40), () -> inLife(ofLife, task));
        return new DriverPorts(
                owner,
                syncs,
                background,
                () -> simulation.now,
                () -> simulation.now,
                simulation::chance,
                new Wire(ofLife),
                id -> {
                    simulation.oracle.check(
                            simulation.replicas.stream()
                                    .flatMap(r -> r.clusterId.stream())
                                    .allMatch(id::equals),
                            this + " takes another id");
                    clusterId = Optional.of(id);
                });
    }

    private void inLife(int ofLife, Runnable task) {
        if (!running || life != ofLife) {
            return;
        }
        if (simulation.now < pausedUntil) {
            simulation.later(pausedUntil - simulation.now, () -> inLife(ofLife, task));
            return;
        }
        task.run();
        look();
    }

    void tick() {
        inLife(life, () -> log().tick());
    }

    /** What must hold after each event. */
    private void look() {
        if (running && log().leads()) {
            simulation.oracle.leads(this, log().epoch());
        }
        if (running && !log().hasFailed()) {
            simulation.oracle.check(
                    log().toldSynced() <= log().store().syncedOffset(), this + " tells more than it has synced");
        }
        if (running && log().hasFailed()) {
            simulation.restartSoon(this);
        }
    }

    private void show(ImageChange change) {
        simulation.oracle.check(
                Optional.of(change.after().clusterId()).equals(clusterId), this + " shows an image of no cluster");
        if (change.after().position().equals(LogPosition.NONE)) {
            return;
        }
        long offset = change.after().position().offset();
        simulation.oracle.check(offset > shown, this + " goes back from " + shown + " to " + offset);
        shown = offset;
        image = change.after();
        simulation.oracle.published(this, change.after());
    }

    /** A client asks the controller here, now and then for nothing new. */
    void decide(long value) {
        if (!running || simulation.now < pausedUntil || !log().isActive()) {
            return;
        }
        Set<String> topics = new HashSet<>(log().decided().topics().byName().keySet());
        List<MetadataRecord> records = new ArrayList<>();
        for (int i = 0; i < value % 6; i++) {
            TopicRecord record = new TopicRecord("t" + value + "-" + i, new Uuid(value, i));
            records.add(record);
            topics.add(record.name());
        }
        inLife(life, () -> log().decide(records, new Answer() {
            @Override
            public void committed() {
                simulation.oracle.answered(ReplicaSim.this, image, topics);
                simulation.answers++;
            }

            @Override
            public void failed(Errors error) {
                // the client asks again
            }
        }));
    }

    void ask(QuorumRequest request, PeerRequest caller) {
        if (running && simulation.now < pausedUntil) {
            simulation.later(pausedUntil - simulation.now, () -> ask(request, caller));
        } else if (running) {
            inLife(life, () -> log().ask(request, new Asker(0, true), caller));
        } else {
            caller.failed(Errors.BROKER_NOT_AVAILABLE);
        }
    }

    @Override
    public String toString() {
        return "[" + id + (running ? " up" : " down")
                + (log == null
                        ? ""
                        : " epoch " + log.epoch() + " of "
                                + log.leaderId() + ", committed "
                                + log.committed().position() + ", next " + log.nextOffset()
                                + (log.hasFailed() ? ", failed" : ""))
                + "]";
    }

    /** The connections of one life. Each request is answered once, or is not. */
    private final class Wire implements QuorumTransport {
        private final int ofLife;

        Wire(int ofLife) {
            this.ofLife = ofLife;
        }

        @Override
        public void send(
                int to, VoterSet voters, QuorumRequest request, Consumer<QuorumAnswer> answered, Runnable unanswered) {
            ReplicaSim target = simulation.replica(to >= 0 ? to : 1 + simulation.chance(simulation.configured.size()));
            boolean[] done = {false};
            Consumer<Runnable> once = outcome -> {
                if (!done[0] && running && life == ofLife) {
                    done[0] = true;
                    outcome.run();
                }
            };
            simulation.later(simulation.settings.requestTimeoutMs(), () -> once.accept(unanswered));
            simulation.travel(
                    id,
                    target.id,
                    () -> target.ask(request, new PeerRequest() {
                        @Override
                        public void answered(QuorumAnswer answer) {
                            simulation.travel(target.id, id, () -> once.accept(() -> answered.accept(answer)));
                        }

                        @Override
                        public void failed(Errors error) {
                            simulation.travel(target.id, id, () -> once.accept(unanswered));
                        }
                    }));
        }

        @Override
        public void close() {
            // messages under way arrive in no life
        }
    }
}
