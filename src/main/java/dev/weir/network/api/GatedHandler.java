package dev.weir.network.api;

import dev.weir.metadata.FeatureGate;
import io.vertx.core.Future;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** An API that is there from some level of a feature on; below it is refused with UNSUPPORTED_VERSION. */
final class GatedHandler<M extends ApiMessage> implements ApiHandler<M> {
    private final ApiHandler<M> gated;
    private final FeatureGate.Need need;
    private final BrokerView view;

    private GatedHandler(ApiHandler<M> gated, FeatureGate.Need need, BrokerView view) {
        this.gated = gated;
        this.need = need;
        this.view = view;
    }

    /** The handler behind its gate; the handler itself if its API needs no level. */
    static <M extends ApiMessage> ApiHandler<M> of(ApiHandler<M> handler, BrokerView view) {
        return FeatureGate.of(handler.api())
                .<ApiHandler<M>>map(need -> new GatedHandler<>(handler, need, view))
                .orElse(handler);
    }

    @Override
    public ApiKeys api() {
        return gated.api();
    }

    @Override
    public short minVersion() {
        return gated.minVersion();
    }

    @Override
    public short maxVersion() {
        return gated.maxVersion();
    }

    @Override
    public Future<? extends @Nullable ApiMessage> handle(M request, RequestContext context) {
        if (!need.isMet(view.image())) {
            return Future.failedFuture(new UnsupportedVersionException(api() + " needs "
                    + need.feature().featureName() + " " + need.level() + ": raise it with kafka-features upgrade"));
        }
        return gated.handle(request, context);
    }

    @Override
    public Errors refusal(ApiMessage response, short version) {
        return gated.refusal(response, version);
    }
}
