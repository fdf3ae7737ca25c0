package dev.weir.network.api;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** The APIs that one network verticle serves. Immutable; what is not in it is answered with UNSUPPORTED_VERSION. */
public final class ApiTable {
    private final Map<ApiKeys, ApiHandler<?>> handlers = new EnumMap<>(ApiKeys.class);
    private final BrokerView view;
    private final ClientGate gate;

    /** The table of these handlers and of ApiVersions, which describes them, for all. */
    public ApiTable(BrokerView view, List<ApiHandler<?>> handlers) {
        this(view, handlers, ClientGate.opened());
    }

    /**
     * The table of these handlers and of ApiVersions, which describes them.
     *
     * @param gate keeps clients out while it is closed
     */
    public ApiTable(BrokerView view, List<ApiHandler<?>> handlers, ClientGate gate) {
        this.view = view;
        this.gate = gate;
        for (ApiHandler<?> handler : handlers) {
            if (this.handlers.put(handler.api(), GatedHandler.of(handler, view)) != null) {
                throw new IllegalArgumentException("two handlers for " + handler.api());
            }
        }
        ApiHandler<?> versions = new ApiVersionsHandler(view, this.handlers.values());
        this.handlers.put(versions.api(), versions);
    }

    /** Whether this broker serves requests of this API yet. */
    public boolean isOpenTo(ApiKeys api) {
        return gate.letsThrough(api);
    }

    /** The handler of this API in this version, or null if that listener does not serve it. */
    public @Nullable ApiHandler<ApiMessage> find(ApiKeys api, short version, String listener) {
        return view.serves(api, listener) ? find(api, version) : null;
    }

    /** The handler of this API in this version on any listener, or null where it is not served. */
    @SuppressWarnings("unchecked")
    public @Nullable ApiHandler<ApiMessage> find(ApiKeys api, short version) {
        ApiHandler<?> handler = handlers.get(api);
        if (handler == null || version > handler.maxVersion()) {
            return null;
        }
        return (ApiHandler<ApiMessage>) handler;
    }

    /** The version 0 answer to an ApiVersions request whose own version is too new (KIP-511). */
    public static ApiMessage tooNew() {
        return ApiVersionsHandler.tooNew();
    }
}
