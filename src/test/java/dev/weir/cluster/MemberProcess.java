package dev.weir.cluster;

import dev.weir.bus.LocalBus;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** A process that is a member and nothing else. */
final class MemberProcess {
    private MemberProcess() {}

    /** Joins as broker {@code args[0]}, at port number {@code args[1]} of those that follow. */
    public static void main(String[] args) {
        List<Integer> ports = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            ports.add(Integer.parseInt(args[i]));
        }
        Vertx vertx = Vertx.vertx();
        vertx.deployVerticle(ClusterVerticle.withHazelcast(
                new LocalBus(vertx), options(peer(Integer.parseInt(args[0])), ports, Integer.parseInt(args[1]))));
    }

    static Process start(int brokerId, List<Integer> ports, int index) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MemberProcess.class.getName(),
                Integer.toString(brokerId),
                Integer.toString(index)));
        ports.forEach(port -> command.add(Integer.toString(port)));
        File log = new File("target/member-" + brokerId + ".log");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
    }

    static Peer peer(int brokerId) {
        return new Peer(new Life(brokerId, new Uuid(1, brokerId)), new Endpoint("127.0.0.1", 9_000 + brokerId));
    }

    static MembershipOptions options(Peer self, List<Integer> ports, int index) {
        return new MembershipOptions(
                self,
                "weir-it",
                "127.0.0.1",
                ports.get(index),
                ports.stream().map(port -> new Endpoint("127.0.0.1", port)).toList(),
                Optional.empty());
    }
}
