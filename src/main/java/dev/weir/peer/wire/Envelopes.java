package dev.weir.peer.wire;

import dev.weir.protocol.Messages;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;

/** The envelope of a forwarded request (KIP-590). Stateless. */
public final class Envelopes {
    private static final DefaultKafkaPrincipalBuilder PRINCIPALS = new DefaultKafkaPrincipalBuilder(null, null);

    private Envelopes() {}

    /**
     * Puts a request of a client into an envelope. There is no authentication yet, so its principal is anonymous.
     *
     * @param version of the request inside
     * @param client the address of the client
     */
    public static EnvelopeRequestData wrap(
            ApiKeys api, short version, String clientId, ApiMessage request, InetAddress client) {
        return new EnvelopeRequestData()
                .setRequestData(Messages.request(api, version, 0, clientId, request))
                .setRequestPrincipal(PRINCIPALS.serialize(KafkaPrincipal.ANONYMOUS))
                .setClientHostAddress(client.getAddress());
    }

    /**
     * Reads the principal in an envelope.
     *
     * @throws SerializationException if there is none, or it is none
     */
    public static KafkaPrincipal principal(EnvelopeRequestData envelope) {
        byte[] bytes = envelope.requestPrincipal();
        if (bytes == null) {
            throw new SerializationException("the envelope has no principal");
        }
        try {
            return PRINCIPALS.deserialize(bytes);
        } catch (RuntimeException e) {
            throw new SerializationException("the principal in the envelope cannot be read", e);
        }
    }

    /**
     * Reads the address of the client.
     *
     * @throws UnknownHostException if it is none
     */
    public static InetAddress client(EnvelopeRequestData envelope) throws UnknownHostException {
        return InetAddress.getByAddress(envelope.clientHostAddress());
    }

    /** The request inside, from its header on. */
    public static ByteBuffer request(EnvelopeRequestData envelope) {
        return envelope.requestData().duplicate();
    }
}
