package dev.weir.it;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** Faults of three brokers, each kind once in a random order, then again. Returns from each when all brokers are ready. */
final class BrokerFaults {
    private final Cluster cluster;
    private final MetadataChecker checker;
    private final MetadataLoad load;
    private final Random random;
    private final List<Fault> left = new ArrayList<>();

    BrokerFaults(Cluster cluster, MetadataChecker checker, MetadataLoad load, Random random) {
        this.cluster = cluster;
        this.checker = checker;
        this.load = load;
        this.random = random;
    }

    private enum Fault {
        KILL,
        KILL_AGAIN_WHILE_STARTING,
        PAUSE,
        PAUSE_TWO,
        RESTART,
        ROLL,
        STOP_ALL,
        KILL_TWO,
        KILL_ALL,
        GARBAGE
    }

    void inflictNext() throws Exception {
        if (left.isEmpty()) {
            left.addAll(List.of(Fault.values()));
            Collections.shuffle(left, random);
        }
        Fault fault = left.remove(0);
        checker.note(fault.toString());
        inflict(fault, victim());
    }

    private void inflict(Fault fault, int victim) throws Exception {
        switch (fault) {
            case KILL -> {
                long from = kill(victim);
                Pause.millis(random.nextInt(4_000));
                up(victim, from);
            }
            case KILL_AGAIN_WHILE_STARTING -> {
                long from = kill(victim);
                for (int i = 0; i < 2; i++) {
                    cluster.broker(victim).relaunch();
                    Pause.millis(500 + random.nextInt(4_000));
                    cluster.broker(victim).kill();
                }
                up(victim, from);
            }
            case PAUSE -> pause(List.of(victim), 100 + random.nextInt(random.nextBoolean() ? 2_000 : 12_000));
            case PAUSE_TWO -> pause(List.of(victim, victim % 3 + 1), 100 + random.nextInt(8_000));
            case RESTART -> restart(victim);
            case ROLL -> {
                for (int id : cluster.ids()) {
                    restart(id);
                }
            }
            case STOP_ALL -> {
                Map<Integer, Long> from = new TreeMap<>();
                for (int id : cluster.ids()) {
                    from.put(id, System.currentTimeMillis());
                    checker.note("terminate " + id);
                    cluster.broker(id).terminate();
                }
                upAll(from);
            }
            case KILL_TWO -> killTwo(victim);
            case KILL_ALL -> {
                Map<Integer, Long> from = new TreeMap<>();
                for (int id : cluster.ids()) {
                    from.put(id, kill(id));
                }
                upAll(from);
            }
            case GARBAGE -> garbage();
        }
    }

    private void killTwo(int first) {
        int second = first % 3 + 1;
        int survivor = second % 3 + 1;
        Map<Integer, Long> from = new TreeMap<>();
        from.put(first, kill(first));
        from.put(second, kill(second));
        try {
            CreatableTopicResult result = load.create(survivor, load.newName("alone"), 1);
            checker.note("alone: " + Errors.forCode(result.errorCode()) + " " + result.errorMessage());
            if (result.errorCode() == 0) {
                checker.fault("broker " + survivor + " decided without a majority: " + result);
            }
        } catch (RuntimeException e) {
            checker.note("alone: " + e);
        }
        upAll(from);
    }

    private void restart(int id) {
        long from = System.currentTimeMillis();
        int code = cluster.broker(id).terminate();
        if (code != 0) {
            checker.fault("broker " + id + " ended with " + code);
        }
        checker.note("terminated " + id + " in " + (System.currentTimeMillis() - from) + " ms");
        up(id, from);
    }

    private long kill(int id) {
        checker.note("kill " + id);
        long now = System.currentTimeMillis();
        cluster.broker(id).kill();
        return now;
    }

    private void up(int id, long from) {
        upAll(Map.of(id, from));
    }

    private void upAll(Map<Integer, Long> from) {
        from.keySet().forEach(id -> cluster.broker(id).relaunch());
        from.forEach((id, since) -> {
            long at = System.currentTimeMillis();
            cluster.broker(id).awaitReady();
            checker.note("ready " + id + " after " + (System.currentTimeMillis() - at) + " ms");
            checker.wasDown(id, since);
        });
    }

    private void pause(List<Integer> ids, int millis) throws Exception {
        checker.note("pause " + ids + " for " + millis + " ms");
        long from = System.currentTimeMillis();
        try {
            for (int id : ids) {
                cluster.signal("STOP", id);
            }
            Pause.millis(millis);
        } finally {
            for (int id : ids) {
                cluster.signal("CONT", id);
                checker.wasDown(id, from);
            }
        }
    }

    private void garbage() {
        List<RawClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                RawClient client =
                        new RawClient(cluster.broker(1 + random.nextInt(3)).kafkaPort());
                open.add(client);
                try {
                    client.send(garbage(i % 3 == 0));
                } catch (RuntimeException e) {
                    // It was closed on us, as it may be.
                }
            }
            Pause.millis(1_000);
        } finally {
            open.forEach(RawClient::close);
        }
    }

    private byte[] garbage(boolean framed) {
        byte[] bytes = new byte[1 + random.nextInt(400)];
        random.nextBytes(bytes);
        return !framed
                ? bytes
                : ByteBuffer.allocate(40)
                        .putInt(36)
                        .putShort((short) (52 + random.nextInt(45)))
                        .putShort((short) random.nextInt(4))
                        .put(Arrays.copyOf(bytes, 32))
                        .array();
    }

    /** Half of the time the controller. */
    private int victim() {
        if (random.nextBoolean()) {
            for (int id : cluster.ids()) {
                try {
                    int leader = cluster.topicClient(id).quorum().leaderId();
                    if (leader > 0) {
                        checker.note("controller is " + leader);
                        return leader;
                    }
                } catch (RuntimeException e) {
                    // The next may know.
                }
            }
        }
        return 1 + random.nextInt(3);
    }
}
