package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.producer.ProducerStateManager;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation is worth something only if it fails for a log that is wrong: each planted mistake must be found. */
class PlantedMistakeTest {
    private static final int SEEDS = 2000;

    /** What happens, and should not, on the way to the disk. */
    static Stream<Arguments> mistakesOfFiles() {
        return Stream.of(
                planted("fsync of the log skipped", forgettingForce(".log")),
                planted("not written anew what a failed sync has lost", new LogMistake() {
                    @Override
                    public boolean forgetsRewrite(Path path) {
                        return path.toString().endsWith(".log");
                    }
                }),
                planted("snapshot not synced", forgettingForce(".snapshot")),
                planted("time index not synced", forgettingForce(".timeindex")),
                planted("transaction index not synced", forgettingForce(".txnindex")),
                planted("compacted log not synced", forgettingForce(".log.cleaned")),
                planted("directory not synced", new LogMistake() {
                    @Override
                    public boolean forgetsDirectorySync(Path directory) {
                        return true;
                    }
                }),
                planted("log not cut after a failed write or a truncation", new LogMistake() {
                    @Override
                    public boolean forgetsTruncate(Path path) {
                        return path.toString().endsWith(".log");
                    }
                }),
                planted("stale snapshot not deleted", new LogMistake() {
                    @Override
                    public boolean forgetsDelete(Path path) {
                        return path.toString().endsWith(".snapshot");
                    }
                }),
                planted("offset index entry off by one", falsifying(".index", b -> plusOne(b, 0))),
                planted("offset index position off by one", falsifying(".index", b -> plusOne(b, 4))),
                planted("time index offset off by one", falsifying(".timeindex", b -> plusOne(b, 8))),
                planted("compacted index entry off by one", falsifying(".index.cleaned", b -> plusOne(b, 0))),
                planted("transaction index of another producer", falsifying(".txnindex", b -> plusOne(b, 6))),
                planted("transaction begun too late in its index", falsifying(".txnindex", b -> plusOne(b, 14))),
                planted("a byte of the log changed", falsifying(".log", b -> plusOne(b, b.limit() - 4))),
                planted(
                        "checkpoints torn",
                        falsifying("start-offset-checkpoint.tmp", b -> b.slice(0, b.remaining() - 2))));
    }

    /** What compaction believes, and is not so. */
    static Stream<Arguments> mistakesOfCompaction() {
        return Stream.of(
                planted("tombstones dropped early", compacting(f -> f.withNow(f.nowMs() + 100_000))),
                planted("tombstones kept for ever", compacting(f -> f.withNow(f.nowMs() - 100_000))),
                planted(
                        "delete.retention.ms ignored",
                        compacting(f -> f.withTimes(0, f.config().minCompactionLagMs()))),
                planted(
                        "min.compaction.lag.ms ignored",
                        compacting(f -> f.withTimes(f.config().deleteRetentionMs(), 0))),
                planted("open transactions compacted", compacting(f -> f.withStableOffset(Long.MAX_VALUE))),
                planted("producers forgotten", compacting(f -> f.withProducers(List.of()))),
                planted("keys of dirty segments missed", compacting(f -> f.withCheckpoint(f.checkpoint() + 30))));
    }

    /** What is left when something breaks off, and should not be. */
    static Stream<Arguments> mistakesOfWritesThatBreakOff() {
        return Stream.of(
                planted("freed memory left staged", new LogMistake() {
                    @Override
                    public boolean leavesStaged() {
                        return true;
                    }
                }),
                planted("a request staged in parts", new LogMistake() {
                    @Override
                    public boolean stagesInParts() {
                        return true;
                    }
                }),
                planted("producers not taken back", new LogMistake() {
                    @Override
                    public boolean forgetsTakeBack() {
                        return true;
                    }
                }),
                planted("a log in doubt not opened again", new LogMistake() {
                    @Override
                    public boolean goesOnInDoubt() {
                        return true;
                    }
                }));
    }

    /** What readers of committed records get, and should not. */
    static Stream<Arguments> mistakesOfTransactions() {
        return Stream.of(
                planted("last stable offset below the log start", new LogMistake() {
                    @Override
                    public long lastStableOffset(ProducerStateManager producers, long start, long highWatermark) {
                        return Math.min(producers.firstUnstableOffset().orElse(Long.MAX_VALUE), highWatermark);
                    }
                }),
                planted("open transactions not waited for", new LogMistake() {
                    @Override
                    public long lastStableOffset(ProducerStateManager producers, long start, long highWatermark) {
                        return highWatermark;
                    }
                }),
                planted("producers not told of the log start", new LogMistake() {
                    @Override
                    public boolean forgetsLogStart() {
                        return true;
                    }
                }),
                planted("producers not told of the high watermark when a log is opened", new LogMistake() {
                    @Override
                    public boolean forgetsHighWatermark() {
                        return true;
                    }
                }),
                planted("markers of old coordinators and producers taken", new LogMistake() {
                    @Override
                    public boolean takesAnyMarker() {
                        return true;
                    }
                }));
    }

    /** What recovery believes, and is not so. */
    static Stream<Arguments> mistakesOfRecovery() {
        return Stream.of(
                planted(
                        "stopped cleanly",
                        opening(o -> new OpenOptions(
                                true,
                                o.recoveryPoint(),
                                o.logStartOffset(),
                                o.cleanedOffset(),
                                o.nowMs(),
                                o.syncFailed(),
                                o.jitter()))),
                planted(
                        "recovery point too high",
                        opening(o -> new OpenOptions(
                                o.cleanShutdown(),
                                o.recoveryPoint() + 40,
                                o.logStartOffset(),
                                -1,
                                o.nowMs(),
                                o.syncFailed(),
                                o.jitter()))),
                planted(
                        "log start forgotten",
                        opening(o -> new OpenOptions(
                                o.cleanShutdown(),
                                o.recoveryPoint(),
                                -1,
                                o.cleanedOffset(),
                                o.nowMs(),
                                o.syncFailed(),
                                o.jitter()))),
                planted(
                        "lost data taken for compacted",
                        opening(o -> new OpenOptions(
                                o.cleanShutdown(),
                                o.recoveryPoint(),
                                o.logStartOffset(),
                                Long.MAX_VALUE,
                                o.nowMs(),
                                o.syncFailed(),
                                o.jitter()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "mistakesOfFiles",
        "mistakesOfCompaction",
        "mistakesOfRecovery",
        "mistakesOfWritesThatBreakOff",
        "mistakesOfTransactions"
    })
    void shouldBeFoundByTheSimulation(String name, LogMistake mistake) {
        // given, when
        boolean found = false;
        for (long seed = 1; seed <= SEEDS && !found; seed++) {
            found = fails(seed, mistake) && !fails(seed, LogMistake.NONE);
        }

        // then
        assertThat(found)
                .as("a seed that finds: %s, and nothing without it", name)
                .isTrue();
    }

    private static boolean fails(long seed, LogMistake mistake) {
        try {
            new LogSimulation(seed, mistake).run();
            return false;
        } catch (Exception | AssertionError e) {
            return true;
        }
    }

    private static Arguments planted(String name, LogMistake mistake) {
        return Arguments.of(name, mistake);
    }

    private static LogMistake forgettingForce(String suffix) {
        return new LogMistake() {
            @Override
            public boolean forgetsForce(Path path) {
                return path.toString().endsWith(suffix);
            }
        };
    }

    private static LogMistake falsifying(String suffix, UnaryOperator<ByteBuffer> change) {
        return new LogMistake() {
            @Override
            public ByteBuffer falsified(Path path, ByteBuffer bytes) {
                return path.toString().endsWith(suffix) && bytes.hasRemaining() ? change.apply(bytes) : bytes;
            }
        };
    }

    private static LogMistake compacting(UnaryOperator<LogMistake.CleaningFacts> change) {
        return new LogMistake() {
            @Override
            public CleaningFacts cleaning(CleaningFacts facts) {
                return change.apply(facts);
            }
        };
    }

    private static LogMistake opening(UnaryOperator<OpenOptions> change) {
        return new LogMistake() {
            @Override
            public OpenOptions opening(OpenOptions options) {
                return change.apply(options);
            }
        };
    }

    private static ByteBuffer plusOne(ByteBuffer bytes, int at) {
        ByteBuffer copy =
                ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
        return copy.putInt(at, copy.getInt(at) + 1);
    }
}
