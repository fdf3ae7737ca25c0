package dev.weir.network.api;

import dev.weir.metadata.Feature;
import dev.weir.metadata.record.FeatureRange;
import dev.weir.peer.PeerOptions;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * ApiVersions (KIP-35, KIP-511, KIP-584, KIP-1242). Produce is advertised from version 0 although 3 is the lowest served, because
 * librdkafka takes a higher minimum for a broker without message format v1 and v2 and refuses compression. A listener names the
 * APIs that it serves.
 */
final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequestData> {
    private static final Pattern SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");
    private static final short LEVEL_0_SINCE = 4;

    private final BrokerView view;
    private final Collection<ApiHandler<?>> handlers;

    ApiVersionsHandler(BrokerView view, Collection<ApiHandler<?>> handlers) {
        this.view = view;
        this.handlers = handlers;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.API_VERSIONS;
    }

    @Override
    public Future<ApiMessage> handle(ApiVersionsRequestData request, RequestContext context) {
        if (context.version() >= 3
                && !(SOFTWARE.matcher(request.clientSoftwareName()).matches()
                        && SOFTWARE.matcher(request.clientSoftwareVersion()).matches())) {
            return Future.succeededFuture(new ApiVersionsResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
        }
        if (request.clientSoftwareName().equals(PeerOptions.SOFTWARE)) {
            context.link().ofBroker();
        }
        if (isMeantForAnother(request)) {
            return Future.succeededFuture(
                    new ApiVersionsResponseData().setErrorCode(Errors.REBOOTSTRAP_REQUIRED.code()));
        }
        return Future.succeededFuture(response(context));
    }

    /** A client that names a cluster and a node has old addresses when these are not ours. */
    private boolean isMeantForAnother(ApiVersionsRequestData request) {
        return (request.clusterId() != null
                        && !request.clusterId().equals(view.image().clusterId()))
                || (request.nodeId() >= 0 && request.nodeId() != view.brokerId());
    }

    /** What a client gets whose version of this very request is too new: version 0 with what there is. */
    static ApiVersionsResponseData tooNew() {
        ApiVersionsResponseData response =
                new ApiVersionsResponseData().setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        response.apiKeys()
                .add(new ApiVersion()
                        .setApiKey(ApiKeys.API_VERSIONS.id)
                        .setMinVersion(ApiKeys.API_VERSIONS.oldestVersion())
                        .setMaxVersion(ApiKeys.API_VERSIONS.latestVersion(false)));
        return response;
    }

    private ApiVersionsResponseData response(RequestContext context) {
        short version = context.version();
        ApiVersionsResponseData response = new ApiVersionsResponseData()
                .setErrorCode(Errors.NONE.code())
                .setFinalizedFeaturesEpoch(view.image().position().offset());
        for (ApiHandler<?> handler : handlers) {
            if (!view.serves(handler.api(), context.listener())) {
                continue;
            }
            response.apiKeys()
                    .add(new ApiVersion()
                            .setApiKey(handler.api().id)
                            .setMinVersion(
                                    handler.api() == ApiKeys.PRODUCE
                                            ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION
                                            : handler.minVersion())
                            .setMaxVersion(handler.maxVersion()));
        }
        Feature.allSupported().forEach(range -> supported(response, version, range));
        view.image().features().forEach((name, level) -> response.finalizedFeatures()
                .add(new FinalizedFeatureKey()
                        .setName(name)
                        .setMinVersionLevel(level)
                        .setMaxVersionLevel(level)));
        return response;
    }

    private static void supported(ApiVersionsResponseData response, short version, FeatureRange range) {
        // Clients that know only version 3 refuse a lowest level of 0.
        if (range.min() > 0 || version >= LEVEL_0_SINCE) {
            response.supportedFeatures()
                    .add(new SupportedFeatureKey()
                            .setName(range.name())
                            .setMinVersion(range.min())
                            .setMaxVersion(range.max()));
        }
    }
}
