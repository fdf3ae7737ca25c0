package dev.weir.controller.log;

import dev.weir.quorum.QuorumSettings;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One random life of the metadata log on three brokers, or one: the real drivers and the real storage on files in memory that
 * forget what was not synced, a network that loses, delays and cuts, processes that die within any operation on their disk,
 * disks that refuse or damage. {@link MetadataLogOracle} checks every promise after every event; at the end the faults stop, and
 * the log must work again within a bounded time.
 */
final class MetadataLogSimulation {
    private static final int CHAOS_MS = 3_000;
    private static final int CALM_MS = 6_000;
    private static final int TICK_MS = 20;

    final QuorumSettings settings = new QuorumSettings(100, 200, 100, 200, 5, 50, 1_000);
    final DriverMistake mistake;
    final MetadataLogOracle oracle = new MetadataLogOracle();
    final VoterSet configured;
    final List<ReplicaSim> replicas = new ArrayList<>();
    final DriverFaults faults;

    @Nullable
    ReplicaSim damaged;

    long now;
    int answers;
    boolean chaos = true;

    private final Random random;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
    private final Set<String> cuts = new HashSet<>();
    private final int lossPercent;
    private final int maxDelay;
    private final int slowSyncs;
    private long order;
    private long values;

    MetadataLogSimulation(long seed, DriverMistake mistake) {
        random = new Random(seed);
        this.mistake = mistake;
        faults = new DriverFaults(this, random);
        slowSyncs = 2 + random.nextInt(40);
        lossPercent = random.nextInt(4) * random.nextInt(5);
        maxDelay = 2 + random.nextInt(12) * random.nextInt(4);
        int voters = seed % 5 == 0 ? 1 : 3;
        List<Voter> set = new ArrayList<>();
        for (int id = 1; id <= voters; id++) {
            set.add(new Voter(ReplicaKey.of(id), List.of()));
        }
        configured = VoterSet.of(set);
        int observers = seed % 7 == 0 ? 1 : 0;
        for (int id = 1; id <= voters + observers; id++) {
            // Observers join a cluster whose id their settings name.
            boolean made = seed % 3 == 0 && observers == 0 && voters > 1;
            replicas.add(new ReplicaSim(id, made ? Optional.empty() : Optional.of("cluster"), this));
        }
    }

    /** Lives through faults, then through calm. */
    void run() {
        for (ReplicaSim replica : replicas) {
            later(random.nextInt(100), replica::start);
            tick(replica);
        }
        later(0, this::client);
        later(random.nextInt(1_000), faults::next);
        runUntil(CHAOS_MS);
        calm();
        long end = now + CALM_MS;
        int before = answers;
        while (now < end && !works(before)) {
            runUntil(now + 50);
        }
        oracle.check(works(before), "the log does not work again: " + replicas);
        compareBytes();
    }

    /** Lives without faults for a while, with all replicas or with those that were started before. */
    void runCalmly(long millis) {
        chaos = false;
        if (now == 0) {
            replicas.forEach(this::tick);
            later(0, this::client);
        }
        runUntil(now + millis);
    }

    private void calm() {
        chaos = false;
        cuts.clear();
        for (ReplicaSim replica : replicas) {
            replica.pausedUntil = Math.min(replica.pausedUntil, now);
            guarded(replica::start);
        }
    }

    private boolean works(int answersBefore) {
        return answers > answersBefore + 5
                && replicas.stream()
                        .allMatch(one -> one.running
                                && !one.log().hasFailed()
                                && one.log().committed().position().offset() >= oracle.committedEnd() - 60);
    }

    /** Below the high watermark the same batches stand at the same offsets everywhere, byte for byte. */
    private void compareBytes() {
        Map<Long, ByteBuffer> batches = new HashMap<>();
        for (ReplicaSim replica : replicas) {
            MetadataLogStore store = replica.log().store();
            long committed = replica.log().highWatermark();
            try {
                new LogWalk(store).from(store.startOffset(), batch -> {
                    if (batch.batch().endOffset() <= committed) {
                        ByteBuffer other = batches.putIfAbsent(batch.batch().baseOffset(), batch.bytes());
                        oracle.check(
                                other == null || other.equals(batch.bytes()),
                                replica + " has other bytes at " + batch.batch().baseOffset());
                    }
                });
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    // ---- services for replicas

    int chance(int bound) {
        return random.nextInt(bound);
    }

    long syncDelay() {
        return chaos && random.nextInt(slowSyncs) == 0 ? random.nextInt(600) : 1 + random.nextInt(4);
    }

    ReplicaSim any() {
        return replicas.get(random.nextInt(replicas.size()));
    }

    ReplicaSim replica(int id) {
        return replicas.get(id - 1);
    }

    void later(long delay, Runnable action) {
        tasks.add(new Task(now + delay, order++, action));
    }

    // ---- the network

    void travel(int from, int to, Runnable arrival) {
        int delay = 1 + random.nextInt(chaos ? maxDelay : 3);
        if (!chaos || random.nextInt(100) >= lossPercent) {
            later(delay, () -> {
                if (!cuts.contains(from + ">" + to)) {
                    arrival.run();
                }
            });
        }
    }

    void cut(int from, int to) {
        cuts.add(from + ">" + to);
    }

    void mend(int from, int to) {
        cuts.remove(from + ">" + to);
    }

    // ---- crashes

    /** Power fails, or only the process dies. */
    void crash(ReplicaSim replica, int downMs) {
        if (random.nextInt(4) == 0) {
            kill(replica, downMs);
            return;
        }
        end(replica, downMs);
        replica.disk.crash(random);
    }

    private void kill(ReplicaSim replica, int downMs) {
        end(replica, downMs);
        replica.disk.kill();
    }

    private void end(ReplicaSim replica, int downMs) {
        replica.running = false;
        replica.life++;
        later(downMs, replica::start);
    }

    /** A replica may crash in a while, if this life of it still goes on. */
    void crashSoon(ReplicaSim replica) {
        int life = replica.life;
        later(random.nextInt(300), () -> {
            if (chaos && replica.life == life) {
                crash(replica, 10 + random.nextInt(200));
            }
        });
    }

    /** A replica whose log has failed is started again by somebody. */
    void restartSoon(ReplicaSim replica) {
        int life = replica.life;
        later(20 + random.nextInt(300), () -> {
            if (replica.running && replica.life == life) {
                kill(replica, 10);
                later(30 + random.nextInt(300), () -> crashSoon(replica));
            }
        });
    }

    // ---- the clock

    private void runUntil(long time) {
        while (!tasks.isEmpty() && tasks.peek().at() <= time) {
            Task task = tasks.poll();
            now = task.at();
            guarded(task.action());
        }
        now = time;
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (DriverFaults.Died died) {
            crash(died.replica, 10 + random.nextInt(300));
        }
        caughtUp();
    }

    private void caughtUp() {
        ReplicaSim one = damaged;
        if (one != null
                && one.running
                && one.log().highWatermark() > 0
                && !one.log().hasFailed()) {
            try {
                if (!DriverFaults.mark(one).lost()) {
                    damaged = null;
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void tick(ReplicaSim replica) {
        later(TICK_MS, () -> {
            tick(replica);
            replica.tick();
            if (random.nextInt(4) == 0 && replica.running) {
                replica.log().snapshotIfDue();
            }
        });
    }

    private void client() {
        later(5 + random.nextInt(40), this::client);
        ReplicaSim asked = any();
        for (ReplicaSim any : replicas) {
            if (any == asked || (any.running && any.log().leads())) {
                any.decide(++values);
            }
        }
    }

    private record Task(long at, long order, Runnable action) {}
}
