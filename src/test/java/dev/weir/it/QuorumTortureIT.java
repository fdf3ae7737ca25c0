package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
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
    private static final int CLIENTS = 3;
    private static final int MOST_TOPICS = 60;
    private static final int MOST_FILES = 400;
    private static final int MOST_THREADS = 100;

    /** How long after its return a broker may still be reported dead by one who learned of it late. */
    private static final long GRACE_MS = 3_000;

    /** Vert.x logs it with a trace if a client connects while the listener closes; the client tries again. */
    private static final String ACCEPTED_WHILE_STOPPING = "Failed to register an accepted channel";

    private static final Pattern STAMPED = Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT");
    private static final Pattern LED = Pattern.compile("metadata quorum is in epoch (\\d+), led by (\\d+)");
    private static final Pattern DEAD = Pattern.compile("Found dead: broker (\\d+)|Broker (\\d+) has shown no life");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path home;

    private final Random random = new Random(SEED);
    private final TopicLedger ledger = new TopicLedger();
    private final ReentrantReadWriteLock quiet = new ReentrantReadWriteLock(true);
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final List<String> story = new ArrayList<>();
    private final List<Down> downs = new ArrayList<>();
    private final AtomicInteger names = new AtomicInteger();
    private final Map<String, AtomicInteger> outcomes = new java.util.concurrent.ConcurrentHashMap<>();
    private volatile boolean ended;
    private Cluster cluster;

    private record Down(int broker, long from, long to) {}

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

    @AfterEach
    void stop() {
        ended = true;
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldKeepEveryAcknowledgedChangeOfTheMetadata() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random own = new Random(SEED * 31 + i);
            Thread client = new Thread(() -> changeTopics(own), "client-" + i);
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }

        // when
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        List<Fault> left = new ArrayList<>();
        for (int round = 1; round <= LEAST_ROUNDS || System.nanoTime() < end; round++) {
            if (left.isEmpty()) {
                left.addAll(List.of(Fault.values()));
                java.util.Collections.shuffle(left, random);
            }
            Fault fault = left.remove(0);
            long from = System.currentTimeMillis();
            note("round " + round + " " + fault);
            inflict(fault);
            settle();
            note("settled, " + (System.currentTimeMillis() - from) + " ms");
        }
        ended = true;
        for (Thread client : clients) {
            client.join(30_000);
        }
        checkImages();
        checkLogs();

        // then
        note("outcomes " + new TreeMap<>(outcomes));
        assertThat(faults).as("seed %s, logs in %s: %s", SEED, home, story).isEmpty();
    }

    private void inflict(Fault fault) throws Exception {
        int victim = victim();
        switch (fault) {
            case KILL -> {
                long from = kill(victim);
                sleep(random.nextInt(4_000));
                up(victim, from);
            }
            case KILL_AGAIN_WHILE_STARTING -> {
                long from = kill(victim);
                for (int i = 0; i < 2; i++) {
                    cluster.broker(victim).relaunch();
                    sleep(500 + random.nextInt(4_000));
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
                    note("terminate " + id);
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
        String name = "alone-" + names.incrementAndGet();
        ledger.creating(name, 1);
        try {
            CreatableTopicResult result = client(survivor).create(name, 1);
            note("alone: " + Errors.forCode(result.errorCode()) + " " + result.errorMessage());
            if (result.errorCode() == 0) {
                faults.add("broker " + survivor + " decided without a majority: " + result);
            }
        } catch (RuntimeException e) {
            note("alone: " + e);
        }
        upAll(from);
    }

    private void restart(int id) {
        long from = System.currentTimeMillis();
        int code = cluster.broker(id).terminate();
        if (code != 0) {
            faults.add("broker " + id + " ended with " + code);
        }
        note("terminated " + id + " in " + (System.currentTimeMillis() - from) + " ms");
        up(id, from);
    }

    private long kill(int id) {
        note("kill " + id);
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
            note("ready " + id + " after " + (System.currentTimeMillis() - at) + " ms");
            downs.add(new Down(id, since, System.currentTimeMillis()));
        });
    }

    private void pause(List<Integer> ids, int millis) throws Exception {
        note("pause " + ids + " for " + millis + " ms");
        long from = System.currentTimeMillis();
        try {
            for (int id : ids) {
                signal("STOP", id);
            }
            sleep(millis);
        } finally {
            for (int id : ids) {
                signal("CONT", id);
                downs.add(new Down(id, from, System.currentTimeMillis()));
            }
        }
    }

    private void signal(String name, int id) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(cluster.broker(id).pid()))
                .start()
                .waitFor();
    }

    private void garbage() {
        List<RawClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                RawClient client =
                        new RawClient(cluster.broker(1 + random.nextInt(3)).kafkaPort());
                open.add(client);
                byte[] bytes = new byte[1 + random.nextInt(400)];
                random.nextBytes(bytes);
                if (i % 3 == 0) {
                    bytes = java.nio.ByteBuffer.allocate(40)
                            .putInt(36)
                            .putShort((short) (52 + random.nextInt(45)))
                            .putShort((short) random.nextInt(4))
                            .put(java.util.Arrays.copyOf(bytes, 32))
                            .array();
                }
                try {
                    client.send(bytes);
                } catch (RuntimeException e) {
                    // It was closed on us, as it may be.
                }
            }
            sleep(1_000);
        } finally {
            open.forEach(RawClient::close);
        }
    }

    /** Half of the time the controller. */
    private int victim() {
        if (random.nextBoolean()) {
            for (int id : cluster.ids()) {
                try {
                    int leader = client(id).quorum().leaderId();
                    if (leader > 0) {
                        note("controller is " + leader);
                        return leader;
                    }
                } catch (RuntimeException e) {
                    // The next may know.
                }
            }
        }
        return 1 + random.nextInt(3);
    }

    private void settle() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (true) {
            String last = unsettled();
            if (last.isEmpty()) {
                break;
            }
            if (System.nanoTime() > until) {
                throw new AssertionError("seed " + SEED + ", logs in " + home + ", does not settle: " + last + " "
                        + story + " " + faults);
            }
            sleep(100);
        }
        checkImages();
        for (int id : cluster.ids()) {
            long pid = cluster.broker(id).pid();
            int files = Path.of("/proc/" + pid + "/fd").toFile().list().length;
            int threads = Path.of("/proc/" + pid + "/task").toFile().list().length;
            note("broker " + id + ": " + (cluster.broker(id).residentBytes() >> 20) + " MB, " + files + " files, "
                    + threads + " threads");
            if (files > MOST_FILES || threads > MOST_THREADS) {
                faults.add("broker " + id + " has " + files + " files and " + threads + " threads");
            }
        }
        // Some quiet time, in which nothing may be found dead.
        sleep(1_000 + random.nextInt(2_000));
    }

    private String unsettled() {
        try {
            for (int id : cluster.ids()) {
                int brokers = client(id).metadata().brokers().size();
                if (brokers != 3) {
                    return "broker " + id + " shows " + brokers + " brokers";
                }
            }
            String name = "settled-" + names.incrementAndGet();
            ledger.creating(name, 1);
            CreatableTopicResult made = client(1 + random.nextInt(3)).create(name, 1);
            if (made.errorCode() != 0) {
                return "creation ends with " + Errors.forCode(made.errorCode()) + " " + made.errorMessage();
            }
            ledger.created(name, made.topicId());
            return "";
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    /** All brokers show the same, and it is what was acknowledged. */
    private void checkImages() {
        quiet.writeLock().lock();
        try {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            Set<Map<String, TopicLedger.Shown>> views = new java.util.HashSet<>();
            do {
                sleep(50);
                views.clear();
                cluster.ids().forEach(id -> views.add(client(id).topics()));
            } while (views.size() > 1 && System.nanoTime() < until);
            if (views.size() > 1) {
                faults.add("brokers show different images: " + views);
            }
            for (Map<String, TopicLedger.Shown> view : views) {
                faults.addAll(ledger.compare(view));
            }
        } finally {
            quiet.writeLock().unlock();
        }
    }

    private void checkLogs() throws Exception {
        Map<String, Set<String>> leaders = new TreeMap<>();
        Map<String, Integer> warnings = new TreeMap<>();
        for (int id : cluster.ids()) {
            String head = "";
            String before = "";
            for (String line : cluster.broker(id).log().split("\n")) {
                Matcher led = LED.matcher(line);
                if (led.find()) {
                    leaders.computeIfAbsent(led.group(1), epoch -> new TreeSet<>())
                            .add(led.group(2));
                }
                Matcher dead = DEAD.matcher(line);
                if (dead.find()) {
                    int of = Integer.parseInt(dead.group(1) == null ? dead.group(2) : dead.group(1));
                    long at =
                            Instant.parse(line.substring(0, line.indexOf(' '))).toEpochMilli();
                    if (downs.stream().noneMatch(d -> d.broker == of && d.from <= at && at <= d.to + GRACE_MS)) {
                        faults.add("false fencing, on broker " + id + ": " + line);
                    }
                }
                boolean trace = line.startsWith("\tat ") && !before.startsWith("\tat ");
                if ((trace && !head.contains(ACCEPTED_WHILE_STOPPING)) || line.contains(" ERROR ")) {
                    faults.add("broker " + id + ": " + head + "\n" + line);
                }
                head = STAMPED.matcher(line).find() ? line : head;
                before = line;
                if (line.contains(" WARN ")) {
                    warnings.merge(
                            line.substring(line.indexOf(" WARN "))
                                    .replaceAll("/\\S*|\\[[^]]*]|incarnation [^)]*", "*")
                                    .replaceAll("\\d+", "N"),
                            1,
                            Integer::sum);
                }
            }
        }
        leaders.forEach((epoch, ids) -> {
            if (ids.size() > 1) {
                faults.add("epoch " + epoch + " has the leaders " + ids);
            }
        });
        note(leaders.size() + " epochs, warnings " + warnings);
    }

    private void changeTopics(Random own) {
        while (!ended) {
            quiet.readLock().lock();
            try {
                change(own, client(1 + own.nextInt(3)));
            } finally {
                quiet.readLock().unlock();
            }
            sleep(20 + own.nextInt(80));
        }
    }

    private void change(Random own, TopicClient broker) {
        int what = own.nextInt(10);
        boolean many = ledger.size() > MOST_TOPICS;
        if (what < 4 && !many) {
            String name = "t-" + names.incrementAndGet();
            int partitions = 1 + own.nextInt(3);
            ledger.creating(name, partitions);
            attempt("create", () -> {
                CreatableTopicResult result = broker.create(name, partitions);
                if (result.errorCode() == 0) {
                    ledger.created(name, result.topicId());
                }
                return Errors.forCode(result.errorCode());
            });
            return;
        }
        String change = what < 6 || many ? "delete" : what < 8 ? "grow" : "config";
        Map.Entry<String, TopicLedger.Topic> topic = ledger.take(change);
        if (topic == null) {
            return;
        }
        String name = topic.getKey();
        attempt(change, () -> {
            switch (change) {
                case "delete" -> {
                    Errors error = broker.delete(name);
                    if (error == Errors.NONE) {
                        ledger.deleted(name);
                    }
                    return error;
                }
                case "grow" -> {
                    int partitions = topic.getValue().partitions() + 1;
                    Errors error = broker.grow(name, partitions);
                    if (error == Errors.NONE) {
                        ledger.grown(name, partitions);
                    }
                    return error;
                }
                default -> {
                    String value = Integer.toString(100_000 + own.nextInt(1_000_000));
                    Errors error = broker.configure(name, value);
                    if (error == Errors.NONE) {
                        ledger.configured(name, value);
                    }
                    return error;
                }
            }
        });
    }

    private void attempt(String what, java.util.concurrent.Callable<Errors> call) {
        String outcome;
        long from = System.nanoTime();
        try {
            outcome = call.call().toString();
        } catch (Exception e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            outcome = cause.getClass().getSimpleName();
            if (!(cause instanceof java.io.IOException)) {
                faults.add(what + ": " + e);
            }
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from);
        outcomes.computeIfAbsent(what + " " + outcome + (seconds > 11 ? " slow" : ""), key -> new AtomicInteger())
                .incrementAndGet();
    }

    private TopicClient client(int id) {
        return new TopicClient(cluster.broker(id).kafkaPort());
    }

    private void note(String what) {
        String line = Instant.now() + " " + what;
        story.add(line);
        String out = System.getProperty("weir.it.torture.story");
        if (out != null) {
            try {
                Files.writeString(
                        Path.of(out),
                        line + "\n",
                        java.nio.file.StandardOpenOption.CREATE,
                        java.nio.file.StandardOpenOption.APPEND);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
