package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

/**
 * The HTTP server: health and metrics.
 *
 * @param host {@code http.host}: the address that is bound
 * @param port {@code http.port}; 0 lets the system choose, -1 serves no HTTP
 */
public record HttpSettings(String host, int port) {
    /** Whether HTTP is served at all. */
    public boolean isEnabled() {
        return port >= 0;
    }

    static void declare(Declarations to) {
        to.area("HTTP")
                .fixed(
                        "http.host",
                        STRING,
                        "localhost",
                        Bounds.that("a host name or address", value -> ((String) value).matches("[^\\s/]+")),
                        HIGH,
                        "The address that serves HTTP. There is no authentication yet, so only this machine is served unless"
                                + " another address is named; `0.0.0.0` is every interface.")
                .fixed(
                        "http.port",
                        INT,
                        8080,
                        Bounds.between(-1, 65_535),
                        HIGH,
                        "The port that serves HTTP: health and metrics. 0 takes a free port, -1 serves no" + " HTTP.");
    }

    static HttpSettings of(Values values) {
        return new HttpSettings(values.text("http.host"), values.number("http.port"));
    }
}
