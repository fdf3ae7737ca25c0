package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.MemberPackets;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What strangers send to the membership's port of whole brokers. */
class MembershipPortIT extends ClusterFixture {
    private static final int STRANGERS = 60;

    private final Map<Integer, Integer> ports = new TreeMap<>();

    /** Brokers that have the class of the payload, so that nothing but the filter keeps them from reading it. */
    @BeforeEach
    void start() throws Exception {
        Path classes = home.resolve("classes");
        Path file = classes.resolve(Payload.class.getName().replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        try (InputStream in = Payload.class.getResourceAsStream("Payload.class")) {
            Files.copy(in, file);
        }
        List.of(1, 2, 3).forEach(id -> ports.put(id, Loopback.freePort()));
        cluster = Cluster.startWithMembership(home, ports, "-Xbootclasspath/a:" + classes);
        cluster.ids().forEach(id -> Await.until(() -> membersSeen(id, "A member has come") >= 2));
    }

    @Test
    void shouldGoOnAndReadNoObjectThatIsSentToIt() throws Exception {
        // given
        Path marker = home.resolve("marker");
        Payload payload = new Payload(marker);
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(MemberPackets.serialised(payload)))) {
            assertThat(in.readObject()).isInstanceOf(Payload.class);
        }
        assertThat(marker).exists();
        Files.delete(marker);
        logMembershipOf(1);

        // when
        List<RawClient> strangers = new ArrayList<>();
        for (int port : ports.values()) {
            strangers.add(send(port, MemberPackets.event(payload)));
            for (int i = 0; i < STRANGERS; i++) {
                strangers.add(send(port, garbage(i)));
            }
        }
        Await.until(() -> cluster.broker(1).log().contains("Resolving class dev.weir.it.Payload is not allowed"));

        // then
        for (int id : cluster.ids()) {
            assertThat(isCreated(id, "through-" + id)).isTrue();
        }
        strangers.forEach(RawClient::close);
        assertThat(marker).doesNotExist();
        for (int id : cluster.ids()) {
            assertThat(membersSeen(id, "A member has gone")).isZero();
            assertThat(cluster.broker(id).log()).doesNotContain("Found dead", "has shown no life", "OutOfMemory");
        }

        // and when
        cluster.broker(3).kill();

        // then
        for (int id : List.of(1, 2)) {
            Await.until(() -> membersSeen(id, "A member has gone") == 1);
            cluster.awaitBrokers(id, 2);
        }
    }

    private long membersSeen(int by, String what) {
        return cluster.broker(by)
                .log()
                .lines()
                .filter(line -> line.contains(what) && !line.contains("broker " + by + " "))
                .count();
    }

    /** Shows what the filter has done. */
    private void logMembershipOf(int id) throws Exception {
        try (Admin admin = cluster.admin(id)) {
            ConfigResource loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, Integer.toString(id));
            AlterConfigOp debug =
                    new AlterConfigOp(new ConfigEntry("com.hazelcast", "DEBUG"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(loggers, List.of(debug))).all().get();
        }
    }

    private static RawClient send(int port, byte[] bytes) {
        RawClient stranger = new RawClient(port);
        stranger.send(bytes);
        return stranger;
    }

    private static byte[] garbage(int which) {
        byte[] random = new byte[1 + which * 7];
        new Random(which).nextBytes(random);
        return switch (which % 5) {
            case 0 -> "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
            case 1 -> "HZC\uffff\uffff\uffff\u007f".getBytes(StandardCharsets.ISO_8859_1);
            case 2 -> "HZC".getBytes(StandardCharsets.ISO_8859_1);
            case 3 -> "\u0016\u0003\u0001hello".getBytes(StandardCharsets.ISO_8859_1);
            default -> random;
        };
    }
}
