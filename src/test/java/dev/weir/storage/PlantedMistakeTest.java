package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation is worth something only if it fails for a log that is wrong: each planted mistake must be found. */
class PlantedMistakeTest {
    private static final int SEEDS = 150;

    static Stream<Arguments> mistakes() {
        return Stream.of(
                planted("fsync of the log skipped", new InterceptedLogFiles.Mistake() {
                    @Override
                    public boolean forgetsForce(Path path) {
                        return path.toString().endsWith(".log");
                    }
                }),
                planted("not written anew what a failed sync has lost", new InterceptedLogFiles.Mistake() {
                    @Override
                    public boolean forgetsRewrite(Path path) {
                        return path.toString().endsWith(".log");
                    }
                }),
                planted("snapshot not synced", new InterceptedLogFiles.Mistake() {
                    @Override
                    public boolean forgetsForce(Path path) {
                        return path.toString().endsWith(".snapshot");
                    }
                }),
                planted("time index not synced", new InterceptedLogFiles.Mistake() {
                    @Override
                    public boolean forgetsForce(Path path) {
                        return path.toString().endsWith(".timeindex");
                    }
                }),
                planted("transaction index not synced", new InterceptedLogFiles.Mistake() {
                    @Override
                    public boolean forgetsForce(Path path) {
                        return path.toString().endsWith(".txnindex");
                    }
                }),
                planted("directory not synced", new InterceptedLogFiles.Mistake() {
                    @Override
                    public boolean forgetsDirectorySync(Path directory) {
                        return true;
                    }
                }),
                planted("offset index entry off by one", new InterceptedLogFiles.Mistake() {
                    @Override
                    public ByteBuffer falsified(Path path, ByteBuffer bytes) {
                        return path.toString().endsWith(".index") ? plusOne(bytes, 0) : bytes;
                    }
                }),
                planted("offset index position off by one", new InterceptedLogFiles.Mistake() {
                    @Override
                    public ByteBuffer falsified(Path path, ByteBuffer bytes) {
                        return path.toString().endsWith(".index") ? plusOne(bytes, 4) : bytes;
                    }
                }),
                planted("time index offset off by one", new InterceptedLogFiles.Mistake() {
                    @Override
                    public ByteBuffer falsified(Path path, ByteBuffer bytes) {
                        return path.toString().endsWith(".timeindex") ? plusOne(bytes, 8) : bytes;
                    }
                }),
                planted("log not cut after a failed write or a truncation", new InterceptedLogFiles.Mistake() {
                    @Override
                    public boolean forgetsTruncate(Path path) {
                        return path.toString().endsWith(".log");
                    }
                }),
                planted("stale snapshot not deleted", new InterceptedLogFiles.Mistake() {
                    @Override
                    public boolean forgetsDelete(Path path) {
                        return path.toString().endsWith(".snapshot");
                    }
                }),
                planted("checkpoints torn", new InterceptedLogFiles.Mistake() {
                    @Override
                    public ByteBuffer falsified(Path path, ByteBuffer bytes) {
                        return path.toString().endsWith("start-offset-checkpoint.tmp")
                                ? bytes.slice(0, bytes.remaining() - 2)
                                : bytes;
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void shouldBeFoundByTheSimulation(String name, InterceptedLogFiles.Mistake mistake) {
        // given, when
        int found = 0;
        for (long seed = 1; seed <= SEEDS && found == 0; seed++) {
            try {
                new LogSimulation(seed, mistake).run();
            } catch (Exception | AssertionError e) {
                found++;
            }
        }

        // then
        assertThat(found).as("seeds that find: %s", name).isPositive();
    }

    private static Arguments planted(String name, InterceptedLogFiles.Mistake mistake) {
        return Arguments.of(name, mistake);
    }

    private static ByteBuffer plusOne(ByteBuffer bytes, int at) {
        ByteBuffer copy =
                ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
        return copy.putInt(at, copy.getInt(at) + 1);
    }
}
