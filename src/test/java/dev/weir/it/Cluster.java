package dev.weir.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.Node;

/** Brokers with the ids from 1 on that form one cluster on loopback, each a process of its own, all of them voters. */
final class Cluster implements AutoCloseable {
    private static final String HEAP = "-Xmx192m";
    static final String CLUSTER_ID = "WeirTestsOnLoopback001";

    private final Map<Integer, BrokerProcess> brokers = new TreeMap<>();
    private final Map<Integer, Launch> launches = new TreeMap<>();

    private Cluster() {}

    /** Starts {@code size} brokers and waits until all of them serve. */
    static Cluster start(Path home, int size, String... settings) {
        Cluster cluster = launch(home, size, settings);
        cluster.brokers.values().forEach(BrokerProcess::awaitReady);
        return cluster;
    }

    /** Starts {@code size} brokers and does not wait. */
    static Cluster launch(Path home, int size, String... settings) {
        List<String> all = new ArrayList<>(List.of("cluster.id=" + CLUSTER_ID));
        all.addAll(List.of(settings));
        Cluster cluster = plan(home, size, all.toArray(String[]::new));
        cluster.launches.keySet().forEach(cluster::launch);
        return cluster;
    }

    /** Brokers that are not started yet. No setting names the cluster, so that the first leader makes its id. */
    static Cluster plan(Path home, int size, String... settings) {
        Cluster cluster = new Cluster();
        int[] ports = new int[size + 1];
        for (int id = 1; id <= size; id++) {
            ports[id] = Loopback.freePort();
        }
        StringBuilder voters = new StringBuilder();
        for (int id = 1; id <= size; id++) {
            voters.append(id == 1 ? "" : ",").append(id).append("@localhost:").append(ports[id]);
        }
        for (int id = 1; id <= size; id++) {
            cluster.plan(home, id, ports[id], "controller.quorum.voters=" + voters, settings);
        }
        return cluster;
    }

    /**
     * Starts brokers that also see each other by the membership, and waits until all serve.
     *
     * @param memberPorts where each serves the membership
     * @param javaOptions for their processes
     */
    static Cluster startWithMembership(Path home, Map<Integer, Integer> memberPorts, String javaOptions) {
        Cluster cluster = new Cluster();
        Map<Integer, Integer> ports = new TreeMap<>();
        memberPorts.keySet().forEach(id -> ports.put(id, Loopback.freePort()));
        String voters = ports.entrySet().stream()
                .map(one -> one.getKey() + "@localhost:" + one.getValue())
                .collect(Collectors.joining(","));
        String members =
                memberPorts.values().stream().map(port -> "localhost:" + port).collect(Collectors.joining(","));
        ports.forEach((id, port) -> {
            List<String> own = List.of(
                    "listeners=PLAINTEXT://localhost:" + port,
                    "controller.quorum.voters=" + voters,
                    "cluster.id=" + CLUSTER_ID,
                    "cluster.membership=hazelcast",
                    "cluster.membership.port=" + memberPorts.get(id),
                    "cluster.membership.members=" + members);
            cluster.launches.put(id, new Launch(directory(home, id), port, javaOptions, own));
            cluster.launch(id);
        });
        cluster.brokers.values().forEach(BrokerProcess::awaitReady);
        return cluster;
    }

    /** Starts a broker at each end of these links, which reach each other by them only, and waits until all serve. */
    static Cluster startBehind(Links links, Collection<Integer> ids, Path home, String... settings) throws IOException {
        Cluster cluster = new Cluster();
        String voters = ids.stream()
                .map(id -> id + "@" + Links.host(id) + ":" + links.port(id))
                .collect(Collectors.joining(","));
        for (int id : ids) {
            int port = Loopback.freePort();
            List<String> own = new ArrayList<>(List.of(
                    "listeners=PLAINTEXT://localhost:" + port + ",PEERS://127.0.0.1:" + links.port(id),
                    "advertised.listeners=PLAINTEXT://localhost:" + port + ",PEERS://" + Links.host(id) + ":"
                            + links.port(id),
                    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PEERS:PLAINTEXT",
                    "inter.broker.listener.name=PEERS",
                    "controller.quorum.voters=" + voters,
                    "cluster.id=" + CLUSTER_ID));
            own.addAll(List.of(settings));
            Path directory = directory(home, id);
            String hosts = "-Djdk.net.hosts.file=" + links.hosts(id, directory);
            cluster.launches.put(id, new Launch(directory, port, hosts, own));
            cluster.launch(id);
        }
        cluster.brokers.values().forEach(BrokerProcess::awaitReady);
        return cluster;
    }

    /** Starts one broker that is alone, with the id 1. */
    static Cluster alone(Path home, String... settings) {
        Cluster cluster = new Cluster();
        cluster.add(home, 1, "controller.quorum.voters=", settings);
        return cluster;
    }

    /** Starts a broker that joins the others, and waits until it serves. */
    void join(Path home, int id, String... settings) {
        add(home, id, "controller.quorum.bootstrap.servers=" + bootstrap(), settings);
    }

    private void add(Path home, int id, String others, String... settings) {
        List<String> all = new ArrayList<>(List.of("cluster.id=" + CLUSTER_ID));
        all.addAll(List.of(settings));
        plan(home, id, Loopback.freePort(), others, all.toArray(String[]::new));
        launch(id);
        broker(id).awaitReady();
    }

    private void plan(Path home, int id, int port, String others, String... settings) {
        List<String> own = new ArrayList<>(List.of("listeners=PLAINTEXT://localhost:" + port, others));
        own.addAll(List.of(settings));
        launches.put(id, new Launch(directory(home, id), port, "", own));
    }

    /** Starts a broker that was stopped again, on another port; the others' settings still name the old one. */
    void move(int id) {
        Launch before = launches.get(id);
        int port = Loopback.freePort();
        List<String> own = new ArrayList<>(before.settings());
        own.set(0, "listeners=PLAINTEXT://localhost:" + port);
        launches.put(id, new Launch(before.directory(), port, before.javaOptions(), own));
        launch(id);
        broker(id).awaitReady();
    }

    /** Starts a broker that was planned, and does not wait. */
    void launch(int id) {
        Launch launch = launches.get(id);
        int httpPort = Loopback.freePort();
        List<String> all = new ArrayList<>(List.of(
                "node.id=" + id,
                "cluster.membership=none",
                "http.port=" + httpPort,
                "log.dir=" + launch.directory().resolve("data")));
        all.addAll(launch.settings());
        List<String> arguments = new ArrayList<>();
        all.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", (HEAP + " " + launch.javaOptions()).strip());
        brokers.put(
                id,
                BrokerProcess.launchWith(
                        launch.directory(), environment, launch.port(), httpPort, arguments.toArray(String[]::new)));
    }

    private static Path directory(Path home, int id) {
        Path directory = home.resolve("broker-" + id);
        directory.toFile().mkdirs();
        return directory;
    }

    /** @param settings the listeners first */
    private record Launch(Path directory, int port, String javaOptions, List<String> settings) {}

    BrokerProcess broker(int id) {
        BrokerProcess broker = brokers.get(id);
        if (broker == null) {
            throw new IllegalArgumentException("no broker " + id);
        }
        return broker;
    }

    Collection<Integer> ids() {
        return brokers.keySet();
    }

    /** Requests to this broker and no other. */
    TopicClient topicClient(int id) {
        return new TopicClient(broker(id).kafkaPort());
    }

    /** Sends a signal to a broker's process, by its name without {@code SIG}. */
    void signal(String name, int id) throws IOException, InterruptedException {
        String pid = Long.toString(broker(id).pid());
        if (new ProcessBuilder("kill", "-" + name, pid).start().waitFor() != 0) {
            throw new IOException("broker " + id + " cannot be sent " + name);
        }
    }

    /** All brokers, for clients. */
    String bootstrap() {
        return brokers.values().stream().map(BrokerProcess::bootstrap).collect(Collectors.joining(","));
    }

    /** An administrator that gives up after a few seconds. */
    Admin admin() {
        return admin(bootstrap());
    }

    /** An administrator that knows this broker only at first. */
    Admin admin(int id) {
        return admin(broker(id).bootstrap());
    }

    /** An administrator that knows these addresses at first. */
    static Admin admin(String bootstrap) {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 20_000,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200,
                AdminClientConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 200));
    }

    /** Waits until the broker shows this many brokers, itself among them. */
    void awaitBrokers(int seenBy, int count) {
        Await.until(() -> {
            try (Admin admin = admin(seenBy)) {
                return nodes(admin).size() == count;
            }
        });
    }

    /** The ids of the brokers that are not fenced, as {@code admin} is told. */
    static List<Integer> nodes(Admin admin) {
        DescribeClusterResult result = admin.describeCluster();
        try {
            return result.nodes().get(20, TimeUnit.SECONDS).stream()
                    .map(Node::id)
                    .sorted()
                    .toList();
        } catch (ExecutionException | TimeoutException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        brokers.values().forEach(BrokerProcess::close);
    }
}
