package dev.weir.peer;

import dev.weir.protocol.Messages;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.RequestHeader;

/** A server that answers the exchange of versions and leaves all other requests to the test. */
public final class FakePeer {
    private final Vertx vertx;
    final List<NetSocket> sockets = new CopyOnWriteArrayList<>();
    final List<RequestHeader> requests = new CopyOnWriteArrayList<>();
    private BiConsumer<NetSocket, RequestHeader> onRequest = (socket, header) -> {};
    private boolean greets = true;
    private NetServer server;
    private int port;

    public FakePeer(Vertx vertx) throws Exception {
        this.vertx = vertx;
        this.server = listen(0);
        this.port = server.actualPort();
    }

    public PeerEndpoint endpoint() {
        return new PeerEndpoint("127.0.0.1", port);
    }

    public void onRequest(BiConsumer<NetSocket, RequestHeader> handler) {
        onRequest = handler;
    }

    /** Accepts connections and says nothing. */
    void neverGreets() {
        greets = false;
    }

    void stop() throws Exception {
        server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    void startAgain() throws Exception {
        server = listen(port);
    }

    private NetServer listen(int at) throws Exception {
        return vertx.createNetServer(new NetServerOptions().setHost("127.0.0.1").setPort(at))
                .connectHandler(this::serve)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private void serve(NetSocket socket) {
        sockets.add(socket);
        RecordParser parser = RecordParser.newFixed(4);
        boolean[] length = {true};
        parser.handler(bytes -> {
            if (length[0]) {
                parser.fixedSizeMode(bytes.getInt(0));
            } else {
                parser.fixedSizeMode(4);
                RequestHeader header = RequestHeader.parse(ByteBuffer.wrap(bytes.getBytes()));
                if (header.apiKey() != ApiKeys.API_VERSIONS) {
                    requests.add(header);
                    onRequest.accept(socket, header);
                } else if (greets) {
                    answer(socket, header, versions());
                }
            }
            length[0] = !length[0];
        });
        socket.handler(parser);
    }

    public static void answer(NetSocket socket, RequestHeader header, ApiMessage response) {
        ByteBuffer body = Messages.response(header.apiKey(), header.apiVersion(), header.correlationId(), response);
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        socket.write(Buffer.buffer().appendInt(bytes.length).appendBytes(bytes));
    }

    /** What an envelope holds that answers a creation of no topics. */
    static ByteBuffer created() {
        short version = ApiKeys.CREATE_TOPICS.latestVersion(false);
        return Messages.response(ApiKeys.CREATE_TOPICS, version, 0, new CreateTopicsResponseData());
    }

    private static ApiVersionsResponseData versions() {
        ApiVersionsResponseData versions = new ApiVersionsResponseData();
        for (ApiKeys api : List.of(
                ApiKeys.VOTE, ApiKeys.FETCH, ApiKeys.ENVELOPE, ApiKeys.CREATE_TOPICS, ApiKeys.BROKER_HEARTBEAT)) {
            versions.apiKeys()
                    .add(new ApiVersion()
                            .setApiKey(api.id)
                            .setMinVersion(api.oldestVersion())
                            .setMaxVersion(api.latestVersion(false)));
        }
        return versions;
    }
}
