package dev.weir.network.api;

import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * UpdateFeatures (KIP-584, KIP-778): decided by the controller, to which the newest form of the request goes. Version 0 only says
 * whether a downgrade is allowed; before version 2 the response names each feature.
 */
final class UpdateFeaturesHandler implements ApiHandler<UpdateFeaturesRequestData> {
    private static final short TYPES_SINCE = 1;
    private static final short NO_RESULTS_SINCE = 2;

    private final ControllerClient controller;

    UpdateFeaturesHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.UPDATE_FEATURES;
    }

    @Override
    public Future<UpdateFeaturesResponseData> handle(UpdateFeaturesRequestData request, RequestContext context) {
        UpdateFeaturesRequestData newest = context.version() < TYPES_SINCE ? withTypes(request) : request;
        return controller.updateFeatures(newest).map(response -> {
            boolean named = context.version() < NO_RESULTS_SINCE && response.errorCode() == Errors.NONE.code();
            return named ? withResults(request, response) : response;
        });
    }

    @Override
    public Errors refusal(ApiMessage response, short version) {
        return Errors.forCode(((UpdateFeaturesResponseData) response).errorCode());
    }

    private static UpdateFeaturesRequestData withTypes(UpdateFeaturesRequestData request) {
        UpdateFeaturesRequestData typed = request.duplicate();
        for (FeatureUpdateKey update : typed.featureUpdates()) {
            UpgradeType type = update.allowDowngrade() ? UpgradeType.SAFE_DOWNGRADE : UpgradeType.UPGRADE;
            update.setUpgradeType(type.code()).setAllowDowngrade(false);
        }
        return typed;
    }

    private static UpdateFeaturesResponseData withResults(
            UpdateFeaturesRequestData request, UpdateFeaturesResponseData response) {
        UpdateFeaturesResponseData named = response.duplicate();
        request.featureUpdates()
                .forEach(update -> named.results().add(new UpdatableFeatureResult().setFeature(update.feature())));
        return named;
    }
}
