package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LateConnectionsTest {
    private static final String NETTY = "io.netty.bootstrap.ServerBootstrap";

    @Test
    void shouldLeaveOutTheTraceOfAConnectionThatCameTooLateAndNothingElse() {
        assertThat(decide(NETTY, new IllegalStateException())).isEqualTo(FilterReply.DENY);
        assertThat(decide(NETTY, new java.io.IOException("too many open files")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(NETTY, null)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("dev.weir.broker.Broker", new IllegalStateException()))
                .isEqualTo(FilterReply.NEUTRAL);
    }

    private static FilterReply decide(String name, @Nullable Throwable cause) {
        Logger logger = new LoggerContext().getLogger(name);
        return new LateConnections()
                .decide(new LoggingEvent(
                        "", logger, Level.WARN, "Failed to register an accepted channel", cause, null));
    }
}
