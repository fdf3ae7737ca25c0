package dev.weir.it;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;

/** A plain socket that sends what it is told, well-formed or not. Reads wait for at most twenty seconds. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MS = 20_000;

    private final Socket socket = new Socket();
    private int correlationId;

    RawClient(int port) {
        try {
            socket.connect(new InetSocketAddress("localhost", port), PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A whole frame: length, request header, body. */
    static byte[] frame(ApiKeys api, short version, int correlationId, ApiMessage body) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId("raw");
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, api.requestHeaderVersion(version))
                .buffer();
        ByteBuffer payload = MessageUtil.toByteBufferAccessor(body, version).buffer();
        ByteBuffer frame = ByteBuffer.allocate(4 + head.remaining() + payload.remaining());
        return frame.putInt(frame.capacity() - 4).put(head).put(payload).array();
    }

    /** Sends one well-formed request and reads its answer. */
    AbstractResponse call(ApiKeys api, short version, ApiMessage body) {
        int id = ++correlationId;
        send(frame(api, version, id, body));
        ByteBuffer answer = readFrame();
        int answered = readHeader(answer, api.responseHeaderVersion(version));
        if (answered != id) {
            throw new AssertionError("answer to " + answered + ", not to " + id);
        }
        AbstractResponse response = AbstractResponse.parseResponse(api, new ByteBufferAccessor(answer), version);
        if (answer.hasRemaining()) {
            throw new AssertionError(answer.remaining() + " bytes too many in the answer to " + api + " v" + version);
        }
        return response;
    }

    /** Takes a response header off the front; returns the correlation id. */
    static int readHeader(ByteBuffer answer, short headerVersion) {
        return new ResponseHeaderData(new ByteBufferAccessor(answer), headerVersion).correlationId();
    }

    void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says that nothing more will be sent. */
    void endOfInput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame, without its length. */
    ByteBuffer readFrame() {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] body = new byte[in.readInt()];
            in.readFully(body);
            return ByteBuffer.wrap(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads and forgets what comes until the broker closes the connection. */
    void awaitClose() {
        byte[] some = new byte[8_192];
        try {
            while (socket.getInputStream().read(some) >= 0) {}
        } catch (SocketException e) {
            // A reset is a close too.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True where the broker closes the connection, false where it sends something or keeps silent. */
    boolean isClosedByPeer() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (EOFException | SocketException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
