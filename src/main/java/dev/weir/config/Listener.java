package dev.weir.config;

/**
 * One address of the Kafka protocol, as in {@code PLAINTEXT://localhost:9092}.
 *
 * @param name the listener's name, unique in the broker, upper-case
 * @param host the host name or address, without brackets; {@code 0.0.0.0} or {@code ::} for every interface
 * @param port the TCP port; 0 lets the system choose a free one
 */
public record Listener(String name, String host, int port) {
    /** Whether it binds every interface, so that its host can't be told to clients. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("0:0:0:0:0:0:0:0");
    }

    /** The same listener at the port that the system chose. */
    public Listener withPort(int boundPort) {
        return new Listener(name, host, boundPort);
    }

    @Override
    public String toString() {
        return name + "://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
