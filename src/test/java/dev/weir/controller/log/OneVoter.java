package dev.weir.controller.log;

import dev.weir.metadata.ImageChange;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.quorum.QuorumSettings;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.LogFiles;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** The metadata log of a broker that is the only voter, with all its threads played by one. */
final class OneVoter {
    static final ReplicaKey ME = new ReplicaKey(1, new Uuid(5, 5));
    static final SnapshotPolicy NO_SNAPSHOTS = new SnapshotPolicy(Long.MAX_VALUE, 0);
    static final SnapshotPolicy EVERY_TIME = new SnapshotPolicy(1, 0);
    static final FeatureLevelRecord FEATURE = new FeatureLevelRecord("metadata.version", (short) 29);

    final List<ImageChange> published = new ArrayList<>();
    final List<String> names = new ArrayList<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final MetadataLogOpener opener;
    private QuorumSetup setup;
    private @Nullable MetadataLog log;
    long now = 1_000;
    int timesActive;

    OneVoter(LogFiles files, Path directory, int segmentBytes, SnapshotPolicy policy) throws Exception {
        this(
                files,
                directory,
                segmentBytes,
                policy,
                VoterSet.of(List.of(new Voter(ReplicaKey.of(ME.id()), List.of()))));
    }

    OneVoter(LogFiles files, Path directory, int segmentBytes, SnapshotPolicy policy, VoterSet configured)
            throws Exception {
        opener = new MetadataLogOpener(files, LogDirectory.open(files, directory), segmentBytes);
        setup = new QuorumSetup(
                Optional.of("cluster"), new Voter(ME, List.of()), configured, QuorumSettings.DEFAULT, policy);
    }

    /** The same replica, but no directory tells the id of its cluster. */
    OneVoter withoutAClusterId() {
        setup = new QuorumSetup(
                Optional.empty(), setup.self(), setup.configured(), setup.settings(), setup.snapshots());
        return this;
    }

    OneVoter open() throws Exception {
        return open(10_000);
    }

    OneVoter open(int maxBatchRecords) throws Exception {
        DriverPorts ports = new DriverPorts(
                tasks::add, tasks::add, tasks::add, () -> now, () -> now, bound -> 0, new NoTransport(), names::add);
        log = MetadataLog.open(
                opener.open(now),
                setup,
                ports,
                new MetadataLog.Outputs(published::add, () -> List.of(FEATURE), () -> timesActive++),
                maxBatchRecords,
                new DriverRules());
        return this;
    }

    /** Opens the log and begins to lead. */
    OneVoter begin() throws Exception {
        open();
        log().start();
        run();
        return this;
    }

    MetadataLog log() {
        if (log == null) {
            throw new IllegalStateException("not open");
        }
        return log;
    }

    /** Lets every thread do all that it has to do. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Takes a decision and waits for its answer. */
    Errors commit(MetadataRecord... records) {
        return commit(List.of(records));
    }

    Errors commit(List<MetadataRecord> records) {
        AtomicReference<Errors> answer = decide(records);
        run();
        return answer.get();
    }

    /** Takes a decision. Returns where the answer will be; null until then. */
    AtomicReference<Errors> decide(List<MetadataRecord> records) {
        AtomicReference<Errors> result = new AtomicReference<>();
        log().decide(records, new Answer() {
            @Override
            public void committed() {
                result.set(Errors.NONE);
            }

            @Override
            public void failed(Errors error) {
                result.set(error);
            }
        });
        return result;
    }

    void snapshotIfDue() {
        log().snapshotIfDue();
        run();
    }

    void close() {
        log().close(() -> {});
        run();
    }
}
