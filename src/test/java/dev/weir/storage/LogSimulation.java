package dev.weir.storage;

/**
 * One seeded life of a log: appends, syncs, rolls, retention, compaction, truncation, full disks, writes that break off, power
 * failures at any step, damage, restarts; after each step it is compared with {@link LogModel}. Everything random comes from the seed.
 */
final class LogSimulation {
    private static final int STEPS = 90;

    private final SimulatedLog sim;
    private final LogChecks checks;
    private final AppendActions appends;
    private final TrimActions trims;
    private final CompactionActions compaction;
    private final CrashActions crashes;

    LogSimulation(long seed, LogMistake mistake) throws Exception {
        sim = new SimulatedLog(seed, mistake);
        checks = new LogChecks(sim);
        appends = new AppendActions(sim);
        trims = new TrimActions(sim);
        compaction = new CompactionActions(sim);
        crashes = new CrashActions(sim, checks, compaction, trims);
    }

    void run() throws Exception {
        for (int step = 0; step < STEPS; step++) {
            try {
                stepOrFailure();
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "at step " + step + " after " + sim.recentHistory() + ": " + e.getMessage(), e);
            }
        }
        sim.memory.onOperation((operation, path) -> {});
        crashes.cleanRestart();
    }

    private void stepOrFailure() throws Exception {
        try {
            step();
            boolean inDoubt = sim.log.isInDoubt() && !sim.mistake.goesOnInDoubt();
            if (inDoubt || sim.log.hasFailedSync()) {
                crashes.givenUp();
                appends.leaveStaged();
            }
            checks.offsets();
        } catch (SimulatedLog.PowerFailure e) {
            crashes.powerFailure();
        }
    }

    private void step() throws Exception {
        passTime();
        int choice = sim.random.nextInt(122);
        if (choice < 42) {
            appends.append();
        } else if (choice < 49) {
            appends.sync();
        } else if (choice < 54) {
            appends.failingSync();
        } else if (choice < 59) {
            checks.reads();
        } else if (choice < 62) {
            trims.truncate();
        } else if (choice < 63) {
            trims.restart();
        } else if (choice < 66) {
            trims.deleteRecords();
        } else if (choice < 71) {
            trims.retain();
        } else if (choice < 74) {
            checks.searches();
        } else if (choice < 77) {
            appends.failingAppend();
        } else if (choice < 80) {
            trims.roll();
        } else if (choice < 82) {
            configure();
        } else if (choice < 94) {
            compact();
        } else if (choice < 110) {
            end(choice);
        } else if (choice < 113) {
            appends.brokenWrite();
        } else if (choice < 116) {
            appends.brokenStaging();
            checks.everything();
        } else if (choice < 119) {
            appends.staleMarker();
        } else {
            appends.replicate();
        }
    }

    private void end(int choice) throws Exception {
        if (choice < 96) {
            sim.note("checkpoint");
            sim.checkpoint();
        } else if (choice < 99) {
            crashes.cleanRestart();
        } else if (choice < 101) {
            crashes.killed();
        } else if (choice < 102) {
            crashes.damageLog();
        } else if (choice < 104) {
            crashes.failingSwap();
        } else if (choice < 106) {
            sim.note("power failure");
            crashes.powerFailure();
        } else {
            crashes.failAhead();
        }
    }

    /** Mostly forwards; now and then the clock jumps. */
    private void passTime() {
        if (sim.random.nextInt(60) == 0) {
            sim.nowMs = Math.max(1, sim.nowMs + sim.random.nextInt(200_000) - 100_000);
            sim.note("clock " + sim.nowMs);
        } else {
            sim.nowMs += sim.random.nextInt(2000);
        }
    }

    private void configure() {
        sim.note("configure");
        sim.configure(sim.randomConfig());
    }

    /** Other things may happen between the two halves. */
    private void compact() throws Exception {
        compaction.run();
        if (sim.random.nextInt(3) > 0) {
            compaction.swap();
        }
    }
}
