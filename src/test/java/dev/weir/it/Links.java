package dev.weir.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The links between brokers that are processes of this machine: a proxy for each that may open a connection to another. Broker 1
 * reaches broker 2 at 127.0.1.2, since its own file of hosts says so of the name {@code broker-2}. Each direction of a link can be
 * held up or slowed down, and each link cut, whoever has opened its connections.
 */
final class Links implements AutoCloseable {
    private final Map<Integer, Integer> ports = new HashMap<>();
    private final Map<String, Way> ways = new HashMap<>();
    private final List<ServerSocket> servers = new ArrayList<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    /** Links between brokers with these ids, up to 255, all of them as they should be. */
    Links(Collection<Integer> ids) {
        ids.forEach(id -> ports.put(id, Loopback.freePort()));
        for (int from : ids) {
            for (int to : ids) {
                ways.put(from + ">" + to, new Way());
            }
        }
        for (int from : ids) {
            ids.stream().filter(to -> to != from).forEach(to -> serve(from, to));
        }
    }

    /** The port at which a broker has to listen for the others, on 127.0.0.1. */
    int port(int id) {
        return ports.get(id);
    }

    /** The name by which the others know a broker. */
    static String host(int id) {
        return "broker-" + id;
    }

    /** Writes the file of hosts for a broker's process; it goes into {@code jdk.net.hosts.file}. */
    Path hosts(int of, Path directory) throws IOException {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
        ports.keySet().forEach(to -> text.append(to == of ? "127.0.0.1" : "127.0." + of + "." + to)
                .append(' ')
                .append(host(to))
                .append('\n'));
        return Files.writeString(directory.resolve("hosts"), text);
    }

    /** Ends every connection between two brokers, and each new one at once. */
    void cut(int one, int other) {
        way(one, other).cut = true;
        way(other, one).cut = true;
        open.stream().filter(each -> each.isBetween(one, other)).forEach(Connection::reset);
    }

    /** Holds up what {@code from} says to {@code to}; it arrives when the link is mended. Connections can still be opened. */
    void hold(int from, int to) {
        way(from, to).change(true, 0);
    }

    /** Lets each piece of what {@code from} says to {@code to} take this long. */
    void delay(int from, int to, int millis) {
        way(from, to).change(false, millis);
    }

    /** All links are as they should be. */
    void mend() {
        ways.values().forEach(way -> {
            way.cut = false;
            way.change(false, 0);
        });
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
        open.forEach(Connection::reset);
        mend();
    }

    private Way way(int from, int to) {
        return ways.get(from + ">" + to);
    }

    private void serve(int from, int to) {
        try {
            ServerSocket server = new ServerSocket(
                    port(to), 50, InetAddress.getByAddress(new byte[] {127, 0, (byte) from, (byte) to}));
            servers.add(server);
            start("link-" + from + "-" + to, () -> {
                while (!server.isClosed()) {
                    new Connection(from, to, server.accept()).forward();
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // A connection or the proxy has ended.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Task {
        void run() throws IOException;
    }

    /** One direction between two brokers. */
    private static final class Way {
        private volatile boolean cut;
        private boolean held;
        private int delayMs;

        synchronized void change(boolean hold, int millis) {
            held = hold;
            delayMs = millis;
            notifyAll();
        }

        void pass() throws IOException {
            int pause;
            try {
                synchronized (this) {
                    while (held) {
                        wait();
                    }
                    pause = delayMs;
                }
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private final class Connection {
        private final int from;
        private final int to;
        private final Socket accepted;
        private final Socket onward = new Socket();

        Connection(int from, int to, Socket accepted) {
            this.from = from;
            this.to = to;
            this.accepted = accepted;
        }

        boolean isBetween(int one, int other) {
            return (from == one && to == other) || (from == other && to == one);
        }

        void forward() {
            open.add(this);
            try {
                onward.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(to)), 1_000);
                accepted.setTcpNoDelay(true);
                onward.setTcpNoDelay(true);
            } catch (IOException e) {
                reset();
                return;
            }
            if (way(from, to).cut) {
                reset();
                return;
            }
            start("to-" + to, () -> pump(accepted, onward, way(from, to)));
            start("from-" + to, () -> pump(onward, accepted, way(to, from)));
        }

        private void pump(Socket in, Socket out, Way way) throws IOException {
            byte[] some = new byte[8_192];
            try {
                for (int count = in.getInputStream().read(some);
                        count >= 0;
                        count = in.getInputStream().read(some)) {
                    way.pass();
                    out.getOutputStream().write(some, 0, count);
                }
            } finally {
                reset();
            }
        }

        void reset() {
            open.remove(this);
            for (Socket socket : List.of(accepted, onward)) {
                try {
                    socket.setSoLinger(true, 0);
                    socket.close();
                } catch (IOException e) {
                    // It is closed already.
                }
            }
        }
    }
}
