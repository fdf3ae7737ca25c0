package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.file.FileNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** How a simulated log ends and comes back: in order, killed, without power, with damaged or foreign files. */
final class CrashActions {
    private static final int MOST_OPERATIONS = 40;

    private final SimulatedLog sim;
    private final LogChecks checks;
    private final CompactionActions compaction;
    private final TrimActions trims;
    private final LogFormatCheck format;

    CrashActions(SimulatedLog sim, LogChecks checks, CompactionActions compaction, TrimActions trims) {
        this.sim = sim;
        this.checks = checks;
        this.compaction = compaction;
        this.trims = trims;
        this.format = new LogFormatCheck(sim.memory, sim.path());
    }

    void cleanRestart() throws Exception {
        sim.note("clean restart");
        sim.log.close();
        sim.checkpoint();
        sim.directory.markCleanShutdown(5);
        sim.directory.close();
        if (!sim.damaged) {
            format.check();
        }
        sim.promised = sim.model.end();
        if (sim.random.nextBoolean()) {
            sim.memory.crash(sim.random);
        } else {
            sim.memory.kill();
        }
        long start = sim.model.start();
        sim.open();
        compaction.opened();
        assertThat(sim.damaged || sim.log.recovery().notes().isEmpty())
                .as(sim.log.recovery().notes().toString())
                .isTrue();
        assertThat(sim.log.logEndOffset()).isEqualTo(sim.model.end());
        assertThat(sim.log.logStartOffset()).isEqualTo(start);
        checks.everything();
    }

    void killed() throws Exception {
        sim.note("kill");
        sim.memory.kill();
        if (sim.random.nextInt(3) == 0) {
            damageRepairable();
        }
        if (sim.random.nextInt(3) == 0) {
            addForeignFiles();
        }
        sim.open();
        assertThat(sim.log.recovery().bytesCut()).isZero();
        assertThat(sim.log.logEndOffset()).isEqualTo(sim.model.end());
        afterCrash();
    }

    void powerFailure() throws Exception {
        sim.memory.onOperation((operation, path) -> {});
        sim.memory.crash(sim.random);
        if (sim.random.nextInt(4) == 0) {
            failAhead();
        }
        try {
            sim.open();
        } catch (SimulatedLog.PowerFailure e) {
            powerFailure();
            return;
        }
        sim.memory.onOperation((operation, path) -> {});
        afterCrash();
    }

    /** The power fails at some operation from now on. */
    void failAhead() {
        sim.note("power failure ahead");
        int[] left = {sim.random.nextInt(sim.random.nextBoolean() ? 12 : MOST_OPERATIONS)};
        sim.memory.onOperation((operation, path) -> {
            if (left[0]-- <= 0) {
                throw new SimulatedLog.PowerFailure();
            }
        });
    }

    /** The disk fails while a compaction is swapped in, so that the log is closed and opened again. */
    void failingSwap() throws Exception {
        int[] left = {sim.random.nextInt(MOST_OPERATIONS)};
        sim.memory.onOperation((operation, path) -> {
            if (left[0]-- <= 0) {
                throw new IOException("Input/output error");
            }
        });
        boolean swapped = !compaction.run() || compaction.swap();
        sim.memory.onOperation((operation, path) -> {});
        if (!swapped) {
            givenUp();
        }
    }

    /** The broker gives the log up, after a failure of the disk, and opens it again. */
    void givenUp() throws Exception {
        sim.note("given up");
        sim.openAgain();
        afterCrash();
    }

    /** A bit flips at the end of the log: what lies before it stays, the rest is gone and not served. */
    void damageLog() throws Exception {
        SegmentInfo last = sim.log.segments().get(sim.log.segments().size() - 1);
        if (last.sizeInBytes() > 0 && last.baseOffset() >= sim.log.recoveryPoint()) {
            sim.note("damage the log");
            long before = sim.model.end();
            sim.checkpoint();
            sim.memory.kill();
            flipBit(last);
            sim.promised = Math.min(sim.promised, last.baseOffset());
            sim.open();
            assertThat(sim.log.logEndOffset() < before || sim.log.sizeInBytes() == 0)
                    .isTrue();
            afterCrash();
        }
    }

    /** A bit flips, or a file is cut or vanishes, in what can be made anew from the log. */
    private void damageRepairable() throws Exception {
        List<String> names = sim.memory.list(sim.path()).stream()
                .filter(n -> (n.endsWith("index") && !n.endsWith(".txnindex")) || n.equals(FileNames.LEADER_EPOCHS))
                .toList();
        Path victim = sim.path().resolve(names.get(sim.random.nextInt(names.size())));
        sim.note("damage " + victim.getFileName());
        sim.damaged = true;
        if (sim.random.nextInt(4) == 0) {
            sim.memory.remove(victim);
        } else {
            sim.memory.damage(victim, sim.random);
        }
    }

    /** What belongs to no log, or is left over from another time. */
    private void addForeignFiles() {
        sim.note("foreign files");
        byte[] noise = new byte[sim.random.nextInt(200)];
        sim.random.nextBytes(noise);
        long beyond = sim.model.end() + 1 + sim.random.nextInt(1000);
        for (String name : List.of(
                "notes.txt",
                "7.log",
                "00000000000000000000.log.bak",
                FileNames.of(beyond, FileNames.INDEX),
                FileNames.of(beyond, FileNames.TXN_INDEX),
                FileNames.of(beyond, FileNames.SNAPSHOT),
                FileNames.of(sim.model.start(), FileNames.LOG + FileNames.CLEANED),
                FileNames.of(sim.model.start(), FileNames.INDEX + FileNames.SWAP))) {
            if (sim.random.nextBoolean()) {
                sim.memory.put(sim.path().resolve(name), noise);
            }
        }
    }

    /**
     * Anywhere but where there is no checksum and no other place that tells of it: in a leader epoch, and in a base offset
     * if gaps are to be expected.
     */
    private void flipBit(SegmentInfo segment) throws IOException {
        byte[] bytes = sim.memory.content(segment.log());
        List<Integer> starts = TestLogs.positions(ByteBuffer.wrap(bytes));
        int at;
        do {
            at = sim.random.nextInt(bytes.length);
        } while (isUnprotected(starts, at));
        bytes[at] ^= (byte) (1 << sim.random.nextInt(8));
        sim.memory.put(segment.log(), bytes);
    }

    private boolean isUnprotected(List<Integer> starts, int at) {
        int within = starts.stream()
                .filter(start -> start <= at)
                .mapToInt(start -> at - start)
                .min()
                .orElse(0);
        boolean epoch = within >= BatchLayout.LEADER_EPOCH && within < BatchLayout.MAGIC;
        return epoch || (sim.config.compact() && within < BatchLayout.LENGTH);
    }

    private void afterCrash() throws Exception {
        compaction.opened();
        if (sim.startingOverAt >= 0) {
            trims.startOver();
            return;
        }
        long end = sim.log.logEndOffset();
        boolean startedOver = sim.log.logStartOffset() == end;
        sim.note("-> " + sim.log.logStartOffset() + ".." + end);
        assertThat(end).as("nothing promised is lost").isGreaterThanOrEqualTo(sim.promised);
        assertThat(startedOver || sim.model.endsBatchAt(end))
                .as("ends between batches: %s", end)
                .isTrue();
        assertThat(sim.log.logStartOffset()).isGreaterThanOrEqualTo(Math.min(sim.checkpointedStart, end));
        if (startedOver && !sim.model.endsBatchAt(end)) {
            sim.model.restartAt(end);
        }
        sim.model.truncateTo(end);
        assertThat(sim.log.logStartOffset()).isLessThanOrEqualTo(Math.max(sim.model.start(), end));
        sim.model.startAt(sim.log.logStartOffset());
        sim.epoch++;
        if (startedOver && !checks.producersAgree()) {
            sim.model.restartAt(end);
        }
        // The offset that the cleaner came to is written down now and then only.
        sim.cleanedTo = sim.random.nextBoolean() ? -1 : Math.min(sim.cleanedTo, end);
        sim.highWatermark = Math.min(sim.highWatermark, end);
        sim.checkpoint();
        checks.everything();
    }
}
