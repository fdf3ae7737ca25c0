package dev.weir.broker;

import dev.weir.config.Listener;
import dev.weir.config.ListenerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a port for each listener that asks for any (port 0). It is chosen before the listener is bound, since several
 * event loops bind the same port and the cluster is told of it first.
 */
final class FreePorts {
    private FreePorts() {}

    /**
     * The same listeners, none with port 0.
     *
     * @throws StartFailure where a host has no port to give
     */
    static ListenerSettings chosen(ListenerSettings asked) throws StartFailure {
        List<Listener> bound = new ArrayList<>();
        List<Listener> advertised = new ArrayList<>();
        for (int i = 0; i < asked.listeners().size(); i++) {
            Listener listener = asked.listeners().get(i);
            Listener told = asked.advertised().get(i);
            int port = listener.port() == 0 ? free(listener.host()) : listener.port();
            bound.add(listener.withPort(port));
            advertised.add(told.port() == 0 ? told.withPort(port) : told);
        }
        return new ListenerSettings(bound, advertised, asked.interBroker(), asked.controllers());
    }

    /**
     * Makes sure that each listener's port can be bound, before anything else is begun.
     *
     * @param http where HTTP will be served, null if it is not
     * @throws StartFailure if a port is taken, or wanted for HTTP as well
     */
    static void check(List<Listener> listeners, @Nullable InetSocketAddress http) throws StartFailure {
        for (Listener listener : listeners) {
            InetSocketAddress address = new InetSocketAddress(listener.host(), listener.port());
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(address, 1);
            } catch (IOException e) {
                throw refused(listener, String.valueOf(e.getMessage()));
            }
            if (http != null && http.getPort() == address.getPort() && overlap(http, address)) {
                throw refused(listener, "http.port is the same");
            }
        }
    }

    private static boolean overlap(InetSocketAddress one, InetSocketAddress other) {
        return one.isUnresolved()
                || one.getAddress().isAnyLocalAddress()
                || other.getAddress().isAnyLocalAddress()
                || one.getAddress().equals(other.getAddress());
    }

    private static StartFailure refused(Listener listener, String why) {
        return new StartFailure("cannot serve the Kafka protocol on " + listener.host() + ":" + listener.port() + ": "
                + why + " (listeners)");
    }

    /** A port that is free now. */
    static int free(String host) throws StartFailure {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new StartFailure("no free port on " + host + ": " + e.getMessage() + " (listeners)");
        }
    }
}
