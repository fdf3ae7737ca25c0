package dev.weir.bench.cluster;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.CpuTimes;
import dev.weir.bench.broker.FirstAnswer;
import dev.weir.bench.broker.Home;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.broker.Member;
import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.run.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** Three brokers of one kind on loopback, each a voter, in fresh homes. The session's thread owns them. */
final class ThreeBrokers implements AutoCloseable {
    static final int SIZE = 3;

    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final long PAUSE_MS = 10;

    private final BrokerUnderTest kind;
    private final List<Home> homes = new ArrayList<>();
    private final List<RunningBroker> brokers = new ArrayList<>();
    private final long spawnedNanos;

    private ThreeBrokers(Session session, BrokerUnderTest kind, Map<String, String> settings)
            throws IOException, InterruptedException {
        this.kind = kind;
        for (int id = 1; id <= SIZE; id++) {
            homes.add(Home.create(session.dir().resolve(kind.name().replace(' ', '-') + "-" + id)));
        }
        String clusterId = Uuid.randomUuid().toString();
        for (int id = 1; id <= SIZE; id++) {
            kind.prepare(new Member(id, homes, clusterId), settings);
        }
        spawnedNanos = System.nanoTime();
        for (Home home : homes) {
            brokers.add(RunningBroker.spawn(kind, home, JvmFlags.SAME));
        }
    }

    /** Spawns all three; they need not answer yet. */
    static ThreeBrokers spawn(Session session, BrokerUnderTest kind, Map<String, String> settings)
            throws IOException, InterruptedException {
        session.endPair();
        return new ThreeBrokers(session, kind, settings);
    }

    /** Spawns all three and waits until each of them is registered. */
    static ThreeBrokers start(Session session, BrokerUnderTest kind, Map<String, String> settings) throws Exception {
        ThreeBrokers cluster = spawn(session, kind, settings);
        try {
            cluster.awaitAll();
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** Seconds since the three were spawned. */
    double secondsSinceSpawn() {
        return (System.nanoTime() - spawnedNanos) / 1e9;
    }

    /** Waits until all three are registered and not fenced. */
    void awaitAll() throws Exception {
        for (RunningBroker broker : brokers) {
            broker.await(FirstAnswer.ANY);
        }
        try (Admin admin = admin()) {
            await(
                    "three brokers",
                    () -> admin.describeCluster()
                                    .nodes()
                                    .get(10, TimeUnit.SECONDS)
                                    .size()
                            == SIZE);
        }
    }

    /** Waits for a condition; exceptions mean not yet. */
    static void await(String what, Callable<Boolean> condition) throws InterruptedException, IOException {
        long end = System.nanoTime() + LIMIT_NANOS;
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            Thread.sleep(PAUSE_MS);
        }
        throw new IOException("no " + what + " in time", last);
    }

    String bootstrap() {
        return homes.stream().map(Home::bootstrap).collect(Collectors.joining(","));
    }

    /** An administrator that gives up on a silent broker soon, so that the broker is measured and not the client. */
    Admin admin() {
        return Admin.create(Map.of(
                "bootstrap.servers", bootstrap(),
                "request.timeout.ms", 2_000,
                "default.api.timeout.ms", 120_000,
                "retry.backoff.ms", 20,
                "retry.backoff.max.ms", 50,
                "reconnect.backoff.ms", 20,
                "reconnect.backoff.max.ms", 50));
    }

    /** The id of the active controller. */
    static int controller(Admin admin) throws Exception {
        return admin.describeMetadataQuorum()
                .quorumInfo()
                .get(30, TimeUnit.SECONDS)
                .leaderId();
    }

    RunningBroker broker(int id) {
        return brokers.get(id - 1);
    }

    /** Spawns a broker again in its home, after its process has ended. */
    void respawn(int id) throws IOException {
        brokers.set(id - 1, RunningBroker.spawn(kind, homes.get(id - 1), JvmFlags.SAME));
    }

    /** Processor time of each, in the order of the ids. */
    List<CpuTimes> cpu() {
        return brokers.stream().map(RunningBroker::cpu).toList();
    }

    /** Seconds of processor time that all of them have used since. */
    double workSecondsSince(List<CpuTimes> before) {
        double sum = 0;
        for (int i = 0; i < SIZE; i++) {
            sum += brokers.get(i).cpu().since(before.get(i)).workSeconds();
        }
        return sum;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (RunningBroker broker : brokers) {
            broker.close();
        }
    }
}
