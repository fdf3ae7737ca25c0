package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients change topics through random brokers of three while brokers are killed, stopped and restarted at random; after every
 * fault all brokers must show what was acknowledged. {@code -Dweir.it.torture.minutes=N} goes on for longer, {@code
 * -Dweir.it.torture.seed=N} does something else.
 */
class QuorumTortureIT {
    private static final long MINUTES = Long.getLong("weir.it.torture.minutes", 0);
    private static final long SEED = Long.getLong("weir.it.torture.seed", 1);
    private static final int LEAST_ROUNDS = 2;
    private static final int MOST_FILES = 400;
    private static final int MOST_THREADS = 100;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path home;

    private final Random random = new Random(SEED);
    private Cluster cluster;
    private MetadataChecker checker;
    private MetadataLoad load;

    @AfterEach
    void stop() throws Exception {
        if (load != null) {
            load.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldKeepEveryAcknowledgedChangeOfTheMetadata() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        TopicLedger ledger = new TopicLedger();
        checker = new MetadataChecker(cluster, ledger);
        load = MetadataLoad.start(cluster, ledger, checker, SEED);
        BrokerFaults faults = new BrokerFaults(cluster, checker, load, random);

        // when
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        for (int round = 1; round <= LEAST_ROUNDS || System.nanoTime() < end; round++) {
            long from = System.currentTimeMillis();
            checker.note("round " + round);
            faults.inflictNext();
            settle();
            checker.note("settled, " + (System.currentTimeMillis() - from) + " ms");
        }
        load.close();
        checker.checkImages();
        checker.checkLogs();

        // then
        checker.note("outcomes " + load.outcomes());
        assertThat(checker.faults())
                .as("seed %s, logs in %s: %s", SEED, home, checker.story())
                .isEmpty();
    }

    private void settle() {
        load.settle(1 + random.nextInt(3));
        load.whileQuiet(checker::checkImages);
        cluster.ids().forEach(this::checkResources);
        // Some quiet time, in which nothing may be found dead.
        Pause.millis(1_000 + random.nextInt(2_000));
    }

    private void checkResources(int id) {
        long pid = cluster.broker(id).pid();
        int files = Path.of("/proc/" + pid + "/fd").toFile().list().length;
        int threads = Path.of("/proc/" + pid + "/task").toFile().list().length;
        long megabytes = cluster.broker(id).residentBytes() >> 20;
        checker.note("broker " + id + ": " + megabytes + " MB, " + files + " files, " + threads + " threads");
        if (files > MOST_FILES || threads > MOST_THREADS) {
            checker.fault("broker " + id + " has " + files + " files and " + threads + " threads");
        }
    }
}
