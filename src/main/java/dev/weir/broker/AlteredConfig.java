package dev.weir.broker;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ConfigsImage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The broker's settings with what an image alters; those of the image asked for last are remembered, as every partition asks
 * for them. Owned by one verticle.
 */
final class AlteredConfig implements Function<ClusterImage, BrokerConfig> {
    private final BrokerConfig given;
    private @Nullable ConfigsImage last;
    private BrokerConfig altered;

    AlteredConfig(BrokerConfig given) {
        this.given = given;
        this.altered = given;
    }

    @Override
    public BrokerConfig apply(ClusterImage image) {
        ConfigsImage configs = image.configs();
        if (configs != last) {
            altered = given.withDynamic(
                    configs.ofAllBrokers(), configs.ofBroker(given.node().nodeId()));
            last = configs;
        }
        return altered;
    }
}
