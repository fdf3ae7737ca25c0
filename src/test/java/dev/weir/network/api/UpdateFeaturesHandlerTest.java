package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.Address;
import dev.weir.bus.LocalBus;
import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateFeaturesHandlerTest {
    private static final Address<UpdateFeaturesRequestData, UpdateFeaturesResponseData> CONTROLLER =
            new Address<>("controller.update-features", 10);

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final UpdateFeaturesHandler handler = new UpdateFeaturesHandler(new ControllerClient(bus));
    private final AtomicReference<UpdateFeaturesRequestData> asked = new AtomicReference<>();
    private UpdateFeaturesResponseData decision = new UpdateFeaturesResponseData();

    @BeforeEach
    void serve() {
        bus.serve(CONTROLLER, request -> {
            asked.set(request);
            return Future.succeededFuture(decision);
        });
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @ParameterizedTest
    @CsvSource({"true, SAFE_DOWNGRADE", "false, UPGRADE"})
    void shouldSayInTheNewestFormWhatVersion0Says(boolean allowDowngrade, UpgradeType type) throws Exception {
        handle(update().setAllowDowngrade(allowDowngrade), 0);

        assertThat(asked.get().featureUpdates().find("group.version")).isEqualTo(update().setUpgradeType(type.code()));
    }

    @Test
    void shouldLeaveTheTypeOfLaterVersionsAsItIs() throws Exception {
        FeatureUpdateKey update = update().setUpgradeType(UpgradeType.UNSAFE_DOWNGRADE.code());

        handle(update.duplicate(), 1);

        assertThat(asked.get().featureUpdates().find("group.version")).isEqualTo(update);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, true", "2, false"})
    void shouldNameEachFeatureUntilVersion2(short version, boolean named) throws Exception {
        UpdateFeaturesResponseData response = handle(update(), version);

        assertThat(response.results().find("group.version"))
                .isEqualTo(named ? new UpdatableFeatureResult().setFeature("group.version") : null);
    }

    @Test
    void shouldNameNoFeatureIfAllAreRefused() throws Exception {
        decision = new UpdateFeaturesResponseData()
                .setErrorCode(Errors.INVALID_UPDATE_VERSION.code())
                .setErrorMessage("no");

        UpdateFeaturesResponseData response = handle(update(), 1);

        assertThat(response).isEqualTo(decision);
        assertThat(handler.refusal(response, (short) 1)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }

    private UpdateFeaturesResponseData handle(FeatureUpdateKey update, int version) throws Exception {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates().add(update);
        return await(handler.handle(
                request,
                new RequestContext(
                        new RequestHeader(ApiKeys.UPDATE_FEATURES, (short) version, "test", 5),
                        "PLAINTEXT",
                        InetAddress.getLoopbackAddress(),
                        new NoLink())));
    }

    private static FeatureUpdateKey update() {
        return new FeatureUpdateKey().setFeature("group.version").setMaxVersionLevel((short) 1);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
