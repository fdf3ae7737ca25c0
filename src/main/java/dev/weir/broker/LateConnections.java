package dev.weir.broker;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Leaves out Netty's warning, with its trace, of a connection that is accepted while a server of Vert.x closes: for a moment it
 * listens still, and has nobody to give the connection to (vert.x issue 6087). The connection is closed, as it should be.
 */
final class LateConnections extends Filter<ILoggingEvent> {
    private static final String LOGGER = "io.netty.bootstrap.ServerBootstrap";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        boolean late = event.getLoggerName().equals(LOGGER)
                && event.getThrowableProxy() != null
                && event.getThrowableProxy().getClassName().equals(IllegalStateException.class.getName());
        return late ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
