package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;

/** What a simulation takes away: truncation, starting over, DeleteRecords, retention. And rolls and changed settings. */
final class TrimActions {
    private final SimulatedLog sim;

    TrimActions(SimulatedLog sim) {
        this.sim = sim;
    }

    void truncate() throws Exception {
        long lowest = Math.max(sim.log.logStartOffset(), sim.highWatermark);
        long to = lowest + sim.random.nextInt((int) Math.max(0, sim.log.logEndOffset() - lowest) + 1);
        sim.note("truncate " + to);
        long before = sim.promised;
        sim.promised = Math.min(sim.promised, boundaryBelow(to));
        try {
            sim.log.truncateTo(to, sim.nowMs);
        } catch (SimulatedLog.PowerFailure e) {
            sim.promised = Math.min(before, boundaryBelow(to));
            throw e;
        }
        sim.model.truncateTo(to);
        endMoved();
    }

    void restart() throws Exception {
        long at = sim.log.logEndOffset() + sim.random.nextInt(20);
        sim.note("restart at " + at);
        sim.startingOverAt = at;
        sim.promised = 0;
        startOver();
    }

    /** Also after a crash on the way: a replica begins again until it is done. */
    void startOver() throws Exception {
        sim.log.truncateFullyAndStartAt(sim.startingOverAt, sim.nowMs);
        sim.model.restartAt(sim.startingOverAt);
        sim.startingOverAt = -1;
        sim.highWatermark = 0;
        endMoved();
    }

    private void endMoved() throws Exception {
        sim.cleanedTo = Math.min(sim.cleanedTo, sim.log.logEndOffset());
        sim.replicated = Math.max(sim.log.logStartOffset(), Math.min(sim.replicated, sim.log.logEndOffset()));
        sim.model.opened();
        sim.tellReplicated();
        sim.epoch++;
        sim.checkpoint();
    }

    void deleteRecords() throws Exception {
        long range = sim.log.logEndOffset() - sim.log.logStartOffset();
        long to = sim.log.logStartOffset() + sim.random.nextInt((int) range + 1);
        sim.note("delete records below " + to);
        sim.log.advanceLogStartOffset(to);
        sim.model.startAt(Math.max(sim.model.start(), to));
        if (sim.random.nextBoolean()) {
            sim.checkpoint();
        }
        sim.log.deleteOldSegments(sim.nowMs, sim.log.logEndOffset());
        sim.model.startAt(sim.log.logStartOffset());
    }

    /** By age or by size; what goes must be old enough. */
    void retain() throws Exception {
        boolean byAge = sim.random.nextBoolean();
        long retentionMs = byAge ? sim.random.nextInt(60_000) : -1;
        sim.note("retain " + (byAge ? retentionMs + " ms" : "by size"));
        long before = sim.log.logStartOffset();
        LogConfig config = sim.config;
        sim.log.updateConfig(TestLogConfig.of(c -> {
            c.segmentBytes = config.segmentBytes();
            c.indexBytes = config.indexBytes();
            c.compact = config.compact();
            c.delete = config.delete();
            c.retentionMs = retentionMs;
            c.retentionBytes = byAge ? -1 : sim.random.nextInt(6000);
        }));
        sim.log.deleteOldSegments(sim.nowMs, sim.log.logEndOffset());
        sim.log.updateConfig(config);
        long after = sim.log.logStartOffset();
        assertThat(after).isGreaterThanOrEqualTo(before);
        assertThat(after == before || config.delete())
                .as("deleted by the policy %s", config.delete())
                .isTrue();
        assertThat(sim.model.batches())
                .filteredOn(b -> byAge && b.base() >= before && b.last() < after)
                .allMatch(b -> b.maxTimestamp() < sim.nowMs - retentionMs);
        sim.model.startAt(after);
        sim.log.unlinkDeleted(sim.nowMs + sim.random.nextInt(100_000));
    }

    void roll() throws Exception {
        sim.note("roll");
        sim.log.roll(sim.nowMs);
        sim.log.rollIfNeeded(sim.nowMs);
    }

    private long boundaryBelow(long offset) {
        return sim.model.batches().stream()
                .filter(b -> b.last() >= offset)
                .mapToLong(LogModel.Batch::base)
                .findFirst()
                .orElse(sim.model.end());
    }
}
