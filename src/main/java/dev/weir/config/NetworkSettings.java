package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

/**
 * The TCP server of the Kafka protocol and its limits.
 *
 * @param networkThreads {@code num.network.threads}: event loops
 * @param ioThreads {@code num.io.threads}: shards of partitions, each with a thread of its own
 * @param backlog {@code socket.listen.backlog.size}
 * @param sendBufferBytes {@code socket.send.buffer.bytes}; -1 leaves it to the system
 * @param receiveBufferBytes {@code socket.receive.buffer.bytes}; -1 leaves it to the system
 * @param maxRequestBytes {@code socket.request.max.bytes}
 * @param queuedMaxRequestBytes {@code queued.max.request.bytes}, at least {@code maxRequestBytes}
 * @param maxConnections {@code max.connections}
 * @param maxConnectionsPerIp {@code max.connections.per.ip}
 * @param maxIdleMs {@code connections.max.idle.ms}; 0 or less keeps idle connections
 */
public record NetworkSettings(
        int networkThreads,
        int ioThreads,
        int backlog,
        int sendBufferBytes,
        int receiveBufferBytes,
        int maxRequestBytes,
        long queuedMaxRequestBytes,
        int maxConnections,
        int maxConnectionsPerIp,
        long maxIdleMs) {
    static final String MAX_REQUEST_BYTES = "socket.request.max.bytes";
    static final String QUEUED_BYTES = "queued.max.request.bytes";

    private static final Bounds BUFFER = Bounds.atLeast(-1);
    private static final int BUFFER_BYTES = 100 * 1024;
    private static final int MAX_REQUEST = 100 * 1024 * 1024;
    private static final long QUEUED = 256L * 1024 * 1024;

    static void declare(Declarations to) {
        int processors = Runtime.getRuntime().availableProcessors();
        to.area("Network")
                .fixed(
                        "num.network.threads",
                        INT,
                        eventLoops(processors),
                        Bounds.atLeast(1),
                        HIGH,
                        "Event loops that read requests and write replies. Connections go to them in turn. A client opens two"
                                + " connections, or three with a group, and works over one of them: by default the number"
                                + " is one that neither two nor, from four processors on, three divides, so that the busy"
                                + " connections of many clients do not all meet on the same loops.")
                .defaultText("num.network.threads", "one for each processor, made 3, 5, 7, 11, 13, ...")
                .fixed(
                        "num.io.threads",
                        INT,
                        processors,
                        Bounds.atLeast(1),
                        HIGH,
                        "Shards that share the partitions between them; each has one thread, which does the file work of its"
                                + " partitions.")
                .defaultText("num.io.threads", "one for each processor")
                .fixed(
                        "socket.listen.backlog.size",
                        INT,
                        50,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "Connections that the system holds until they are accepted. The system may set a lower limit.")
                .fixed(
                        "socket.send.buffer.bytes",
                        INT,
                        BUFFER_BYTES,
                        BUFFER,
                        HIGH,
                        "The send buffer of a connection (SO_SNDBUF) in bytes; -1 leaves it to the system.")
                .fixed(
                        "socket.receive.buffer.bytes",
                        INT,
                        BUFFER_BYTES,
                        BUFFER,
                        HIGH,
                        "The receive buffer of a connection (SO_RCVBUF) in bytes; -1 leaves it to the system.");
        declareLimits(to);
    }

    private static void declareLimits(Declarations to) {
        to.fixed(
                        MAX_REQUEST_BYTES,
                        INT,
                        MAX_REQUEST,
                        Bounds.atLeast(1),
                        HIGH,
                        "The largest request in bytes; a connection that announces a larger one is closed.")
                .fixed(
                        QUEUED_BYTES,
                        LONG,
                        QUEUED,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "Memory for the bytes of requests, over all connections: of a Produce until its batches are written,"
                                + " of any other until it is answered. When it is used up no connection is read until"
                                + " there is room. At least `socket.request.max.bytes`. Unlike"
                                + " Kafka's, it is always bounded.")
                .live(
                        "max.connections",
                        INT,
                        Integer.MAX_VALUE,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The most connections of clients at one time, and never more than three quarters of what the process"
                                + " may open beside the files of its logs. Further ones are closed at once. On a listener"
                                + " that brokers use as well, further ones are closed if they do not show within three"
                                + " seconds that they are a broker's; brokers' connections do not count. A listener for"
                                + " brokers only has as many places of its own.")
                .live(
                        "max.connections.per.ip",
                        INT,
                        Integer.MAX_VALUE,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The most connections of clients from one address at one time; further ones are closed as with"
                                + " `max.connections`.")
                .fixed(
                        "connections.max.idle.ms",
                        LONG,
                        600_000L,
                        null,
                        MEDIUM,
                        "A connection on which nothing happens for this long is closed, in milliseconds; 0 or less never"
                                + " closes one.");
    }

    /** The first number from {@code processors} on that shares no factor with the two or three connections of a client. */
    static int eventLoops(int processors) {
        int loops = processors;
        while (loops > 1 && (loops % 2 == 0 || (loops % 3 == 0 && loops > 3))) {
            loops++;
        }
        return loops;
    }

    static NetworkSettings of(Values values) {
        return new NetworkSettings(
                values.number("num.network.threads"),
                values.number("num.io.threads"),
                values.number("socket.listen.backlog.size"),
                values.number("socket.send.buffer.bytes"),
                values.number("socket.receive.buffer.bytes"),
                values.number(MAX_REQUEST_BYTES),
                values.longNumber(QUEUED_BYTES),
                values.number("max.connections"),
                values.number("max.connections.per.ip"),
                values.longNumber("connections.max.idle.ms"));
    }
}
