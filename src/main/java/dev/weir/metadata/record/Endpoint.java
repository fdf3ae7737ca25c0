package dev.weir.metadata.record;

import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerEndpoint;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * An address at which a broker listens.
 *
 * @param listener the listener's name
 * @param host what clients connect to
 * @param port 0 to 65535
 * @param protocol the security protocol of that listener
 */
public record Endpoint(String listener, String host, int port, SecurityProtocol protocol) {
    static Endpoint of(BrokerEndpoint generated) {
        SecurityProtocol protocol = SecurityProtocol.forId(generated.securityProtocol());
        if (protocol == null) {
            throw new MetadataFormatException("unknown security protocol of listener " + generated.name());
        }
        return new Endpoint(generated.name(), generated.host(), generated.port(), protocol);
    }

    BrokerEndpoint toGenerated() {
        return new BrokerEndpoint()
                .setName(listener)
                .setHost(host)
                .setPort(port)
                .setSecurityProtocol(protocol.id);
    }
}
