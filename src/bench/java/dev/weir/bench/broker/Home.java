package dev.weir.bench.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where one broker lives: its directory and its ports on loopback. Outlives the process, so that a broker can be
 * restarted in it.
 *
 * @param dir holds configuration, data and log; made by {@link #create} and removed by {@link #delete}
 * @param port for clients
 * @param secondPort for what else the broker must listen to
 */
public record Home(Path dir, int port, int secondPort) {
    private static final String LOOPBACK = "127.0.0.1";

    public static Home create(Path dir) throws IOException {
        Files.createDirectories(dir.resolve("data"));
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK));
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            return new Home(dir, one.getLocalPort(), two.getLocalPort());
        }
    }

    public String bootstrap() {
        return LOOPBACK + ":" + port;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(LOOPBACK, port);
    }

    public Path data() {
        return dir.resolve("data");
    }

    /** What the process prints. */
    public Path log() {
        return dir.resolve("broker.log");
    }

    public Path config() {
        return dir.resolve("broker.properties");
    }

    /** Removes everything. */
    public void delete() throws IOException {
        Trees.delete(dir);
    }
}
