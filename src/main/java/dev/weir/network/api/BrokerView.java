package dev.weir.network.api;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;

/**
 * What one network verticle knows of the cluster: the newest image, and the broker's settings with what was altered in it.
 * Owned by the verticle and read by its handlers.
 */
public final class BrokerView {
    private final int brokerId;
    private final BrokerConfig given;
    private ClusterImage image;
    private BrokerConfig config;

    public BrokerView(int brokerId, BrokerConfig given, ClusterImage image) {
        this.brokerId = brokerId;
        this.given = given;
        this.image = image;
        this.config = altered();
    }

    /** Takes in a committed change. */
    public void apply(ImageChange change) {
        image = change.after();
        if (!change.changedConfigs().isEmpty()) {
            config = altered();
        }
    }

    /** Takes in an image that was asked for, unless a change has already brought a newer one. */
    public void catchUp(ClusterImage asked) {
        if (asked.position().offset() > image.position().offset()) {
            image = asked;
            config = altered();
        }
    }

    int brokerId() {
        return brokerId;
    }

    ClusterImage image() {
        return image;
    }

    /** The settings, altered ones included. */
    public BrokerConfig config() {
        return config;
    }

    private BrokerConfig altered() {
        return given.withDynamic(image.configs().ofAllBrokers(), image.configs().ofBroker(brokerId));
    }
}
