package dev.weir.it;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;

/**
 * Clients that change topics through random brokers until they are stopped, and tell a ledger what they were answered. Some ask
 * who the controller is, and tell the checker.
 */
final class MetadataLoad implements AutoCloseable {
    private static final int CLIENTS = 3;
    private static final int MOST_TOPICS = 60;
    private static final int SLOW_SECONDS = 11;
    private static final int SETTLED_AFTER_SECONDS = 90;

    private final Cluster cluster;
    private final TopicLedger ledger;
    private final MetadataChecker checker;
    private final ReentrantReadWriteLock quiet = new ReentrantReadWriteLock(true);
    private final AtomicInteger names = new AtomicInteger();
    private final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean ended;

    private MetadataLoad(Cluster cluster, TopicLedger ledger, MetadataChecker checker) {
        this.cluster = cluster;
        this.ledger = ledger;
        this.checker = checker;
    }

    static MetadataLoad start(Cluster cluster, TopicLedger ledger, MetadataChecker checker, long seed) {
        MetadataLoad load = new MetadataLoad(cluster, ledger, checker);
        for (int i = 0; i < CLIENTS; i++) {
            Random own = new Random(seed * 31 + i);
            Thread client = new Thread(() -> load.change(own), "client-" + i);
            client.setDaemon(true);
            client.start();
            load.clients.add(client);
        }
        return load;
    }

    /** How often each change has ended in which way. */
    Map<String, AtomicInteger> outcomes() {
        return new TreeMap<>(outcomes);
    }

    /** A name that no topic has had. */
    String newName(String prefix) {
        return prefix + "-" + names.incrementAndGet();
    }

    /** Runs something while no change is under way. */
    void whileQuiet(Runnable task) {
        quiet.writeLock().lock();
        try {
            task.run();
        } finally {
            quiet.writeLock().unlock();
        }
    }

    /** Creates a topic through this broker. Returns what it answers. */
    CreatableTopicResult create(int broker, String name, int partitions) {
        ledger.creating(name, partitions);
        CreatableTopicResult result = cluster.topicClient(broker).create(name, partitions);
        if (result.errorCode() == Errors.NONE.code()) {
            ledger.created(name, result.topicId());
        }
        return result;
    }

    /** Waits until each broker shows all of them, and until this one has created a topic. */
    void settle(int through) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLED_AFTER_SECONDS);
        for (Optional<String> why = unsettled(through); why.isPresent(); why = unsettled(through)) {
            if (System.nanoTime() > until) {
                throw new AssertionError(
                        "does not settle: " + why.get() + " " + checker.story() + " " + checker.faults());
            }
            Pause.millis(100);
        }
    }

    private Optional<String> unsettled(int through) {
        try {
            for (int id : cluster.ids()) {
                int brokers = cluster.topicClient(id).metadata().brokers().size();
                if (brokers != cluster.ids().size()) {
                    return Optional.of("broker " + id + " shows " + brokers + " brokers");
                }
            }
            CreatableTopicResult made = create(through, newName("settled"), 1);
            return made.errorCode() == Errors.NONE.code()
                    ? Optional.empty()
                    : Optional.of("creation ends with " + Errors.forCode(made.errorCode()) + " " + made.errorMessage());
        } catch (RuntimeException e) {
            return Optional.of(e.toString());
        }
    }

    /** Lets the clients end, and waits for their last answers. */
    @Override
    public void close() throws InterruptedException {
        ended = true;
        for (Thread client : clients) {
            client.join(30_000);
        }
    }

    private void change(Random own) {
        List<Integer> brokers = List.copyOf(cluster.ids());
        while (!ended) {
            quiet.readLock().lock();
            try {
                change(own, brokers.get(own.nextInt(brokers.size())));
            } finally {
                quiet.readLock().unlock();
            }
            Pause.millis(20 + own.nextInt(80));
        }
    }

    private void change(Random own, int broker) {
        int what = own.nextInt(11);
        boolean many = ledger.size() > MOST_TOPICS;
        if (what == 10) {
            attempt("describe", () -> {
                checker.described(cluster.topicClient(broker).quorum());
                return Errors.NONE;
            });
        } else if (what < 4 && !many) {
            int partitions = 1 + own.nextInt(3);
            attempt(
                    "create",
                    () -> Errors.forCode(
                            create(broker, newName("t"), partitions).errorCode()));
        } else {
            String change = what < 6 || many ? "delete" : what < 8 ? "grow" : "config";
            Map.Entry<String, TopicLedger.Topic> topic = ledger.take(change);
            if (topic != null) {
                int partitions = topic.getValue().partitions() + 1;
                String config = Integer.toString(100_000 + own.nextInt(1_000_000));
                attempt(change, () -> change(broker, change, topic.getKey(), partitions, config));
            }
        }
    }

    private Errors change(int broker, String change, String name, int partitions, String config) {
        TopicClient client = cluster.topicClient(broker);
        return switch (change) {
            case "delete" -> noted(client.delete(name), () -> ledger.deleted(name));
            case "grow" -> noted(client.grow(name, partitions), () -> ledger.grown(name, partitions));
            default -> noted(client.configure(name, config), () -> ledger.configured(name, config));
        };
    }

    private static Errors noted(Errors answer, Runnable ifDone) {
        if (answer == Errors.NONE) {
            ifDone.run();
        }
        return answer;
    }

    private void attempt(String what, Callable<Errors> call) {
        String outcome;
        long from = System.nanoTime();
        try {
            outcome = call.call().toString();
        } catch (Exception e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            outcome = cause.getClass().getSimpleName();
            if (!(cause instanceof IOException)) {
                checker.fault(what + ": " + e);
            }
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from);
        outcomes.computeIfAbsent(
                        what + " " + outcome + (seconds > SLOW_SECONDS ? " slow" : ""), key -> new AtomicInteger())
                .incrementAndGet();
    }
}
