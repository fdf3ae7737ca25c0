package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
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
    static Endpoint read(FieldReader in) {
        String listener = in.compactString();
        String host = in.compactString();
        int port = in.uint16();
        SecurityProtocol protocol = SecurityProtocol.forId(in.int16());
        if (protocol == null) {
            throw new MetadataFormatException("unknown security protocol of listener " + listener);
        }
        in.skipTags();
        return new Endpoint(listener, host, port, protocol);
    }

    static void write(FieldWriter out, Endpoint endpoint) {
        out.compactString(endpoint.listener);
        out.compactString(endpoint.host);
        out.int16(endpoint.port);
        out.int16(endpoint.protocol.id);
        out.noTags();
    }
}
