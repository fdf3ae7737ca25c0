package dev.weir.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** Faults of brokers of a cluster, chosen at random; each is over when {@link #inflict} returns. */
final class TortureFaults {
    private final Cluster cluster;
    private final String topic;
    private final Random random;
    private final List<String> story = new ArrayList<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final List<Fault> left = new ArrayList<>();

    enum Fault {
        KILL_LEADER,
        KILL_ANY,
        KILL_AGAIN_WHILE_STARTING,
        KILL_TWO,
        KILL_ALL,
        PAUSE_SHORTLY,
        PAUSE_BEYOND_SESSION,
        RESTART,
        ROLL,
        STOP_ALL,
        LOSE_A_REPLICA
    }

    TortureFaults(Cluster cluster, String topic, Random random) {
        this.cluster = cluster;
        this.topic = topic;
        this.random = random;
    }

    /** What was done, in order. */
    List<String> story() {
        return story;
    }

    Map<Fault, Integer> counts() {
        return counts;
    }

    /** One fault; all kinds come before one comes again. */
    void inflict() throws Exception {
        if (left.isEmpty()) {
            left.addAll(List.of(Fault.values()));
            Collections.shuffle(left, random);
        }
        Fault fault = left.remove(0);
        counts.merge(fault, 1, Integer::sum);
        int victim = fault == Fault.KILL_LEADER
                ? leader()
                : 1 + random.nextInt(cluster.ids().size());
        note(fault + " " + victim);
        switch (fault) {
            case KILL_LEADER, KILL_ANY -> {
                cluster.broker(victim).kill();
                sleep(random.nextInt(5_000));
                cluster.broker(victim).restart();
            }
            case KILL_AGAIN_WHILE_STARTING -> {
                cluster.broker(victim).kill();
                for (int i = 0; i < 2; i++) {
                    cluster.broker(victim).relaunch();
                    sleep(300 + random.nextInt(3_000));
                    cluster.broker(victim).kill();
                }
                cluster.broker(victim).restart();
            }
            case KILL_TWO -> kill(List.of(victim, victim % cluster.ids().size() + 1));
            case KILL_ALL -> kill(List.copyOf(cluster.ids()));
            case PAUSE_SHORTLY -> pause(victim, 100 + random.nextInt(2_000));
            case PAUSE_BEYOND_SESSION -> pause(victim, 10_000 + random.nextInt(4_000));
            case RESTART -> restart(victim);
            case ROLL -> {
                for (int id : cluster.ids()) {
                    restart(id);
                }
            }
            case STOP_ALL -> {
                for (int id : cluster.ids()) {
                    cluster.broker(id).terminate();
                }
                startAgain(List.copyOf(cluster.ids()));
            }
            case LOSE_A_REPLICA -> loseReplica(victim);
        }
    }

    private void kill(List<Integer> ids) throws InterruptedException {
        for (int id : ids) {
            cluster.broker(id).kill();
            sleep(random.nextInt(300));
        }
        sleep(random.nextInt(3_000));
        startAgain(ids);
    }

    private void startAgain(List<Integer> ids) {
        ids.forEach(id -> cluster.broker(id).relaunch());
        ids.forEach(id -> cluster.broker(id).awaitReady());
    }

    private void restart(int id) {
        int code = cluster.broker(id).terminate();
        if (code != 0) {
            throw new AssertionError("broker " + id + " ended with " + code + ":\n"
                    + cluster.broker(id).latestLog());
        }
        cluster.broker(id).restart();
    }

    private void pause(int id, int millis) throws Exception {
        signal("STOP", id);
        try {
            sleep(millis);
        } finally {
            signal("CONT", id);
        }
    }

    private void signal(String name, int id) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(cluster.broker(id).pid()))
                .start()
                .waitFor();
    }

    /** The directory of one replica is gone when its broker comes back. */
    private void loseReplica(int id) throws Exception {
        BrokerProcess broker = cluster.broker(id);
        broker.kill();
        try (Stream<Path> found = Files.list(broker.data())) {
            List<Path> replicas = found.filter(
                            path -> path.getFileName().toString().startsWith(topic + "-"))
                    .sorted()
                    .toList();
            if (!replicas.isEmpty()) {
                delete(replicas.get(random.nextInt(replicas.size())));
            }
        }
        // Whoever comes back before it was found dead is still in sync by the metadata.
        Await.until(() -> isOutOfSync(id));
        broker.restart();
    }

    private boolean isOutOfSync(int id) {
        try (Admin admin = cluster.admin()) {
            return TortureWatch.partitions(admin, topic).stream()
                    .noneMatch(partition -> partition.isr().stream().anyMatch(node -> node.id() == id));
        } catch (Exception e) {
            return false;
        }
    }

    private void delete(Path directory) throws IOException {
        note("deleted " + directory);
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private int leader() {
        try (Admin admin = cluster.admin()) {
            var partitions = TortureWatch.partitions(admin, topic);
            return partitions.get(random.nextInt(partitions.size())).leader().id();
        } catch (Exception e) {
            return 1 + random.nextInt(cluster.ids().size());
        }
    }

    private void note(String what) {
        String line = java.time.Instant.now() + " " + what;
        story.add(line);
        System.out.println("torture: " + line);
    }

    private static void sleep(int millis) throws InterruptedException {
        Thread.sleep(millis);
    }
}
