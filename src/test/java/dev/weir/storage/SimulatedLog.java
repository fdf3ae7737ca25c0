package dev.weir.storage;

import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.InterceptedLogFiles;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The log of a simulation with the disk in memory below it, the model beside it and what was promised of it. */
final class SimulatedLog {
    private static final Path ROOT = Path.of("/data");

    /** The power goes off in the middle of an operation. */
    static final class PowerFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    final Random random;
    final InMemoryLogFiles memory = new InMemoryLogFiles();
    final LogModel model = new LogModel();
    final LogMistake mistake;
    private final LogFiles files;
    private final List<String> history = new ArrayList<>();
    LogDirectory directory;
    LogConfig config;
    PartitionLog log;
    ProducerStateManager producers;
    /** What the log takes for its producers. */
    BreakingProducers staging;

    int epoch = 1;
    long nowMs = 1_000_000;
    /** Everything below survives whatever happens. */
    long promised;
    /** Log start that a checkpoint holds. */
    long checkpointedStart;
    /** Where the last compaction ended, as far as the broker knows; -1 for not at all. */
    long cleanedTo = -1;
    /** Below it nothing is truncated: only what all replicas have is compacted, and decides what is. */
    long highWatermark;
    /** Offset below which all replicas have the records, and what the producers should last have been told of it. */
    long replicated;

    long toldReplicated;
    /** Where the log is being started over at; -1 while it is not. */
    long startingOverAt = -1;
    /** Whether an index may hold what is not so; it must not show in what is read. */
    boolean damaged;

    SimulatedLog(long seed, LogMistake mistake) throws Exception {
        this.random = new Random(seed);
        this.mistake = mistake;
        this.files = new InterceptedLogFiles(memory, mistake);
        this.config = randomConfig();
        this.directory = LogDirectory.open(files, ROOT);
        open(false);
    }

    Path path() {
        return directory.partitionPath(TestLogs.PARTITION);
    }

    /** Opens the log as a broker does when it starts. */
    void open() throws Exception {
        directory = LogDirectory.open(files, ROOT);
        boolean clean = directory.wasCleanlyStopped();
        directory.removeCleanShutdownMarker();
        open(clean);
    }

    /** Opens the log again as a running broker does with one it has given up. */
    void openAgain() throws Exception {
        OpenOptions options = new OpenOptions(
                false,
                log.recoveryPoint(),
                log.logStartOffset(),
                cleanedTo,
                nowMs,
                log.hasFailedSync(),
                bound -> random.nextInt((int) bound));
        log.abandon();
        open(options);
    }

    private void open(boolean clean) throws Exception {
        open(new OpenOptions(
                clean,
                directory.readRecoveryPoints().getOrDefault(TestLogs.PARTITION, -1L),
                directory.readLogStartOffsets().getOrDefault(TestLogs.PARTITION, -1L),
                cleanedTo,
                nowMs,
                false,
                bound -> random.nextInt((int) bound)));
    }

    private void open(OpenOptions options) throws Exception {
        producers = new ProducerStateManager();
        staging = new BreakingProducers(producers, mistake);
        log = PartitionLog.open(
                new OpenFileCache(files, 8 + random.nextInt(20)),
                path(),
                TestLogs.PARTITION,
                config,
                mistake.opening(options),
                staging);
        model.opened();
        replicated = Math.max(log.logStartOffset(), Math.min(replicated, log.logEndOffset()));
        tellReplicated(!mistake.forgetsHighWatermark());
    }

    /** As a partition does whenever its high watermark moves. */
    void tellReplicated() {
        tellReplicated(true);
    }

    /** The producers should know of it from now on, whether they are told or not. */
    private void tellReplicated(boolean told) {
        toldReplicated = replicated;
        if (told) {
            producers.onHighWatermark(replicated);
        }
    }

    void checkpoint() throws IOException {
        directory.writeLogStartOffsets(Map.of(TestLogs.PARTITION, log.logStartOffset()));
        checkpointedStart = log.logStartOffset();
        directory.writeRecoveryPoints(Map.of(TestLogs.PARTITION, log.recoveryPoint()));
    }

    void configure(LogConfig changed) {
        config = changed;
        log.updateConfig(changed);
    }

    LogConfig randomConfig() {
        return TestLogConfig.of(c -> {
            c.segmentBytes = 600 + random.nextInt(3000);
            c.indexIntervalBytes = 60 + random.nextInt(500);
            c.indexBytes = 60 + random.nextInt(400);
            c.retentionMs = -1;
            c.compact = random.nextInt(4) > 0;
            c.delete = !c.compact || random.nextInt(3) == 0;
            c.minCleanableDirtyRatio = random.nextInt(3) / 4.0;
            c.deleteRetentionMs = random.nextInt(3) * 8_000L;
            c.minCompactionLagMs = random.nextInt(3) == 0 ? random.nextInt(3000) : 0;
            c.maxCompactionLagMs = random.nextInt(3) == 0 ? 4000 : Long.MAX_VALUE;
        });
    }

    List<String> recentHistory() {
        return history.subList(
                Math.max(0, history.size() - Integer.getInteger("weir.sim.history", 15)), history.size());
    }

    void note(String what) {
        history.add(what);
    }
}
