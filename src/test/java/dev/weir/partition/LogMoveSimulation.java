package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.CleanerSettings;
import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Entry;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.InterceptedLogFiles;
import dev.weir.storage.file.IoThrottle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * One seeded life of a log that is moved back and forth between two directories while it is appended to, truncated, compacted and
 * trimmed, the disk it moves to fails, the power fails before any operation, and the shard stops. After each step the log is
 * compared with all that was ever appended to it. Everything random comes from the seed.
 */
final class LogMoveSimulation {
    private static final int STEPS = 70;
    private static final long PRODUCER = 7;
    private static final CleanerSettings CLEANER = new CleanerSettings(true, 1, 1 << 20, 1 << 16, 0.9, 1e12, 0);

    private static final class PowerFailure extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What was appended at an offset, in one batch. */
    private record Appended(int sequence, String key, String value) {}

    private final Random random;
    private final List<String> history = new ArrayList<>();
    private final TreeMap<Long, Appended> model = new TreeMap<>();
    private ShardFixture shard;
    private int epoch;
    /** Everything below was acknowledged. */
    private long acknowledged;
    /** Below it records are gone where a later one has their key. */
    private long compactedTo;
    /** The highest start of the log that was asked for, and the lowest there can be. */
    private long trimmedTo;

    private long checkpointedStart;
    private int moved;
    /** Whether it has gone off, however the shard has taken that. */
    private boolean powerIsOff;

    LogMoveSimulation(long seed, InterceptedLogFiles.Mistake mistake) {
        random = new Random(seed);
        boolean compact = random.nextBoolean();
        LogConfig config = TestLogConfig.of(c -> {
            c.segmentBytes = 400 + random.nextInt(600);
            c.indexBytes = 1 << 12;
            c.retentionMs = -1;
            c.flushMessages = 1;
            c.compact = compact;
            c.minCleanableDirtyRatio = 0.01;
        });
        shard = new ShardFixture(config, mistake);
    }

    /** Answers how often the log has changed its place. */
    int run() throws Exception {
        for (int step = 0; step < STEPS; step++) {
            try {
                stepOrPowerFailure();
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "at step " + step + " after "
                                + history.subList(Math.max(0, history.size() - 20), history.size()) + ": "
                                + e.getMessage(),
                        e);
            }
        }
        shard.files.onOperation((operation, path) -> {});
        stop();
        check();
        return moved;
    }

    private void stepOrPowerFailure() throws Exception {
        try {
            LogDirAtStart before = shard.partition().logDir;
            shard.nowMs += 1 + random.nextInt(2_000);
            step();
            if (powerIsOff) {
                powerFailure();
                return;
            }
            check();
            moved += shard.partition().logDir.id().equals(before.id()) ? 0 : 1;
        } catch (PowerFailure | Exception | AssertionError e) {
            // Without power nothing comes about, whatever the shard makes of it.
            if (!powerIsOff) {
                throw e;
            }
            powerFailure();
        }
    }

    private void step() throws Exception {
        int choice = random.nextInt(100);
        if (choice < 30) {
            append();
        } else if (choice < 62) {
            goOn(1 + random.nextInt(8));
        } else if (choice < 70) {
            move(1);
        } else if (choice < 71) {
            move(0);
        } else if (choice < 75) {
            trim();
        } else if (choice < 79) {
            sendAgain();
        } else if (choice < 82) {
            note("roll");
            shard.partition().log.roll(shard.nowMs);
        } else if (choice < 87) {
            compact();
        } else if (choice < 89) {
            truncate();
        } else if (choice < 91) {
            note("tick");
            shard.housekeeping.tick(shard.nowMs, shard.syncs::sync);
        } else if (choice < 93) {
            checkpoint();
        } else {
            end(choice);
        }
    }

    private void end(int choice) throws Exception {
        if (choice < 95) {
            stop();
        } else if (choice < 97) {
            sickTarget();
        } else if (choice < 98) {
            powerFailure();
        } else {
            note("power failure ahead");
            int[] left = {random.nextInt(60)};
            shard.files.onOperation((operation, path) -> {
                if (left[0]-- <= 0) {
                    powerIsOff = true;
                    throw new PowerFailure();
                }
            });
        }
    }

    private void append() {
        long offset = shard.partition().log.logEndOffset();
        int sequence = model.isEmpty() ? 0 : model.lastEntry().getValue().sequence() + 1;
        Appended record = new Appended(sequence, "k" + random.nextInt(6), "v" + offset + "/" + epoch);
        note("append " + offset);
        model.put(offset, record);
        Answer<AppendResult> answer = new Answer<>();
        shard.appends.append(
                new AppendRequest(
                        List.of(new Entry(ShardFixture.KEY, -1, batch(record))),
                        (short) 1,
                        30_000,
                        ShardFixture.NEWEST,
                        AppendRequest.Origin.CLIENT),
                shard.nowMs,
                answers -> {
                    answer.take(answers);
                    if (answers.get(0).error() == Errors.NONE) {
                        acknowledged = Math.max(acknowledged, offset + 1);
                    }
                });
        shard.appends.writeStaged(shard.nowMs);
        assertThat(answer.came() ? answer.only().error() : Errors.NONE).isEqualTo(Errors.NONE);
    }

    /** What was appended last is known by its sequence. */
    private void sendAgain() {
        if (!model.isEmpty() && model.lastKey() >= shard.partition().log.logStartOffset()) {
            note("send again");
            Answer<AppendResult> answer =
                    shard.append(1, batch(model.lastEntry().getValue()));
            shard.drive();
            // A log that was opened again may have a tail that nobody has asked a sync for since.
            shard.housekeeping.tick(shard.nowMs, shard.syncs::sync);
            shard.drive();
            assertThat(answer.only().error()).isEqualTo(Errors.NONE);
            assertThat(answer.only().baseOffset()).isEqualTo(model.lastKey());
        }
    }

    private void goOn(int times) {
        note("go on " + times);
        for (int i = 0; i < times; i++) {
            shard.goOn();
        }
    }

    /** @param away 1 to where the log is not, 0 to stay */
    private void move(int away) {
        int here = shard.logDirs.indexOf(shard.partition().logDir);
        LogDirAtStart target = shard.logDir((here + away) % 2);
        note("move to " + target.path());
        assertThat(shard.move(
                        ShardFixture.KEY, ShardFixture.name(), target.path().toString()))
                .isEqualTo(Errors.NONE);
    }

    private void trim() {
        long to = (long) (shard.partition().highWatermark() * random.nextDouble());
        note("trim to " + to);
        trimmedTo = Math.max(trimmedTo, to);
        shard.delete(to, 0);
    }

    private void compact() throws Exception {
        Cleaner cleaner = new Cleaner(shard.shard, new IoThrottle(1e12), new CleanerSlots());
        Cleaner.Job job = cleaner.next(CLEANER, shard.nowMs).orElse(null);
        if (job != null) {
            note("compact");
            compactedTo = shard.partition().log.logEndOffset();
            cleaner.finish(job, job.run().call(), shard.nowMs);
        }
    }

    /** As a replica does that has to follow another leader. */
    private void truncate() throws IOException {
        Partition partition = shard.partition();
        long lowest = Math.max(partition.log.logStartOffset(), compactedTo);
        if (lowest < partition.log.logEndOffset()) {
            long to = lowest + random.nextInt((int) (partition.log.logEndOffset() - lowest) + 1);
            note("truncate to " + to);
            // Until it is done, a power failure leaves more or less of it.
            acknowledged = Math.min(acknowledged, to);
            partition.acks.failAbove(-1, AppendResult.unclear(Errors.NOT_LEADER_OR_FOLLOWER, null));
            partition.log.truncateTo(to, shard.nowMs);
            partition.clamp();
            model.tailMap(to).clear();
            epoch++;
            // Before anything is written again, the start of the next epoch included.
            checkpoint();
            shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(1));
        }
    }

    private void checkpoint() {
        note("checkpoint");
        shard.checkpoint();
        checkpointedStart = shard.partition().log.logStartOffset();
    }

    /** The disk takes no part of the copy for a while; a copy that cannot be removed either stays. */
    private void sickTarget() {
        note("sick target");
        List<Path> copies =
                shard.moves.all().stream().map(move -> move.future.directory()).toList();
        shard.files.onOperation((operation, path) -> {
            if (copies.stream().anyMatch(path::startsWith)) {
                throw new IOException("Input/output error");
            }
        });
        goOn(1 + random.nextInt(12));
        shard.files.onOperation((operation, path) -> {});
        for (LogDirAtStart logDir : shard.logDirs) {
            shard.shard.health(logDir.id(), DirectoryHealth.WRITABLE);
            shard.lifecycle.reopen(logDir.id(), shard.nowMs);
        }
        // What the log's own sync has lost, through a file that was opened in the copy, is refused to its sender.
        shard.electAfterCut();
        cutModel();
    }

    private void stop() throws Exception {
        note("stop");
        shard = shard.afterStop();
        checkpointedStart = shard.partition().log.logStartOffset();
    }

    private void powerFailure() throws Exception {
        note("power failure");
        powerIsOff = false;
        if (random.nextInt(3) == 0) {
            startWithOne();
        }
        shard = shard.afterPowerFailure(random);
        // Whatever was told to be lost before the power failed has been found again.
        shard.electAfterCut();
        cutModel();
        check();
    }

    /** One of the directories is not there: what is served has all that was acknowledged, or the log is missed. */
    private void startWithOne() throws Exception {
        String only = random.nextBoolean() ? "/logs" : "/other";
        boolean otherFailed = random.nextBoolean();
        note("with " + only + (otherFailed ? ", the other failed" : ", the other not mounted"));
        shard = shard.afterPowerFailure(random, only, otherFailed);
        if (shard.shard.find(ShardFixture.KEY) == null) {
            assertThat(shard.shard.isOffline(ShardFixture.KEY)).isTrue();
            note("missed");
            return;
        }
        shard.electAfterCut();
        cutModel();
        check();
        for (int i = random.nextInt(3); i > 0; i--) {
            append();
            shard.drive();
        }
    }

    private void cutModel() {
        long end = shard.partition().log.logEndOffset();
        note("-> " + shard.partition().log.logStartOffset() + ".." + end + " in "
                + shard.partition().logDir.path());
        assertThat(end).as("nothing acknowledged is lost").isGreaterThanOrEqualTo(acknowledged);
        model.tailMap(end).clear();
    }

    private void check() throws IOException {
        PartitionLog log = shard.partition().log;
        assertThat(shard.logDirs.stream().filter(h -> h.directory().holds(ShardFixture.name())))
                .as("live directories")
                .containsExactly(shard.partition().logDir);
        assertThat(log.logStartOffset()).isBetween(checkpointedStart, Math.max(trimmedTo, checkpointedStart));
        assertThat(log.logEndOffset())
                .isEqualTo(Math.max(log.logStartOffset(), model.isEmpty() ? 0 : model.lastKey() + 1));
        Map<Long, String> there = contents(log);
        Map<String, Long> newest = new HashMap<>();
        model.tailMap(log.logStartOffset()).forEach((offset, record) -> newest.put(record.key(), offset));
        model.tailMap(log.logStartOffset()).forEach((offset, record) -> {
            boolean mayBeGone = offset < compactedTo && newest.get(record.key()) > offset;
            assertThat(there.remove(offset))
                    .as("at %s", offset)
                    .satisfiesAnyOf(
                            value -> assertThat(value).isEqualTo(record.key() + "=" + record.value()),
                            value -> assertThat(mayBeGone && value == null).isTrue());
        });
        assertThat(there).as("records from nowhere").isEmpty();
    }

    private static Map<Long, String> contents(PartitionLog log) throws IOException {
        Map<Long, String> found = new HashMap<>();
        long next = log.logStartOffset();
        while (next < log.logEndOffset()) {
            ByteBuffer bytes = log.readBatches(next, 1 << 20);
            if (!bytes.hasRemaining()) {
                return found;
            }
            for (var batch : MemoryRecords.readableRecords(bytes).batches()) {
                batch.ensureValid();
                for (Record record : batch) {
                    if (record.offset() >= log.logStartOffset()) {
                        found.put(record.offset(), text(record.key()) + "=" + text(record.value()));
                    }
                }
                next = batch.nextOffset();
            }
        }
        return found;
    }

    private ByteBuffer batch(Appended record) {
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        0,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        PRODUCER,
                        (short) 0,
                        record.sequence(),
                        -1,
                        false,
                        new SimpleRecord(
                                shard.nowMs,
                                record.key().getBytes(StandardCharsets.UTF_8),
                                record.value().getBytes(StandardCharsets.UTF_8)))
                .buffer();
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private void note(String what) {
        history.add(what);
    }
}
