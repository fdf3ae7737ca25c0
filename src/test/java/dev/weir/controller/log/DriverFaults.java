package dev.weir.controller.log;

import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The faults of a simulation, and how much of them a quorum must bear. */
final class DriverFaults {
    private static final Path LOG_DIR = ReplicaSim.DIR.resolve("__cluster_metadata-0");

    private final MetadataLogSimulation simulation;
    private final Random random;
    private final Map<ReplicaSim, Integer> diesIn = new HashMap<>();
    private int failNext;
    private Operation failing = Operation.WRITE;
    private boolean lockedUp;

    DriverFaults(MetadataLogSimulation simulation, Random random) {
        this.simulation = simulation;
        this.random = random;
    }

    /** The process dies in the middle of something. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1L;
        final transient ReplicaSim replica;

        Died(ReplicaSim replica) {
            super("died", null, false, false);
            this.replica = replica;
        }
    }

    /** Before each operation on a replica's disk. */
    void before(ReplicaSim replica, Operation operation, Path path) throws IOException {
        if (!simulation.chaos || lockedUp) {
            return;
        }
        if (operation == Operation.TRUNCATE && path.toString().endsWith(".log") && random.nextInt(3) == 0) {
            simulation.crashSoon(replica);
        }
        if (random.nextInt(1_500) == 0) {
            throw new Died(replica);
        }
        if (operation == Operation.RENAME && path.toString().contains(".loading") && random.nextInt(2) == 0) {
            diesIn.put(replica, 1 + random.nextInt(8));
        }
        if (diesIn.merge(replica, -1, Integer::sum) == 0) {
            throw new Died(replica);
        }
        if (failNext == replica.id && operation == failing) {
            failNext = 0;
            throw new IOException("injected");
        }
    }

    void next() {
        if (!simulation.chaos) {
            return;
        }
        simulation.later(20 + random.nextInt(250), this::next);
        ReplicaSim replica = simulation.any();
        ReplicaSim other = simulation.any();
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> simulation.crash(replica, 20 + random.nextInt(500));
            case 3, 4 -> cutFor(replica.id, other.id);
            case 5 -> simulation.replicas.forEach(any -> cutFor(replica.id, any.id));
            case 6 -> replica.pausedUntil = Math.max(replica.pausedUntil, simulation.now + random.nextInt(600));
            case 7, 8 -> fail(replica);
            case 9, 10 -> damage(replica);
            default -> allCrash();
        }
    }

    private void fail(ReplicaSim replica) {
        failNext = replica.id;
        failing = random.nextBoolean() ? Operation.WRITE : Operation.FORCE;
    }

    private void allCrash() {
        simulation.replicas.forEach(any -> simulation.crash(any, 20 + random.nextInt(200)));
    }

    private void cutFor(int from, int to) {
        simulation.cut(from, to);
        if (random.nextBoolean()) {
            simulation.cut(to, from);
        }
        simulation.later(random.nextInt(700), () -> {
            simulation.mend(from, to);
            simulation.mend(to, from);
        });
    }

    /** Flips a bit of what is known to be synced, unless another replica has lost something. */
    private void damage(ReplicaSim replica) {
        // Before the directories of the voters are known, all of them are needed.
        boolean pinned = simulation.oracle.committedEnd() > 5;
        if (!pinned
                || simulation.replicas.size() < 3
                || simulation.replicas.stream().anyMatch(this::lacksSomething)) {
            return;
        }
        simulation.crash(replica, 20 + random.nextInt(100));
        lockedUp = true;
        try {
            damage(replica, mark(replica));
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            lockedUp = false;
        }
    }

    private boolean lacksSomething(ReplicaSim replica) {
        try {
            return mark(replica).lost() || replica == simulation.damaged;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void damage(ReplicaSim replica, SyncedMark mark) throws IOException {
        List<Path> segments = new ArrayList<>();
        for (String name : replica.disk.list(LOG_DIR)) {
            if (name.endsWith(".log") && Long.parseLong(name.substring(0, 20)) < mark.offset()) {
                segments.add(LOG_DIR.resolve(name));
            }
        }
        if (segments.isEmpty()) {
            return;
        }
        Path segment = segments.get(random.nextInt(segments.size()));
        int at = batchBelow(replica.disk.content(segment), mark.offset());
        if (at >= 0) {
            simulation.damaged = replica;
            replica.disk.corrupt(segment, (bytes, size) -> bytes[at + 21 + random.nextInt(20)] ^= 4);
        }
    }

    /** The position of one of the batches that end below the mark. */
    private int batchBelow(byte[] bytes, long mark) {
        List<Integer> found = new ArrayList<>();
        java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes);
        for (int at = 0; at + 61 <= bytes.length; at += 12 + buffer.getInt(at + 8)) {
            if (buffer.getLong(at) + buffer.getInt(at + 23) < mark && buffer.getInt(at + 8) > 0) {
                found.add(at);
            } else {
                break;
            }
        }
        return found.isEmpty() ? -1 : found.get(random.nextInt(found.size()));
    }

    static SyncedMark mark(ReplicaSim replica) throws IOException {
        return new MetadataFiles(replica.disk, LOG_DIR).mark();
    }
}
