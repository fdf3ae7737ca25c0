package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.TopicRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class BrokerViewTest {
    private final NewestImage newest = new NewestImage(ClusterImage.empty("cluster"));
    private final BrokerView view = new BrokerView(1, BrokerConfig.defaults(), newest);

    /** No event has to come to the event loop first: it may come after the next request. */
    @Test
    void shouldShowAChangeAsSoonAsItIsMade() {
        ClusterImage after = newest.get()
                .apply(new TopicRecord("orders", new Uuid(1, 2)))
                .apply(new ConfigRecord(new ConfigResource(ConfigResource.Type.BROKER, "1"), "max.connections", "7"));

        newest.set(after);

        assertThat(view.image().topic("orders")).isPresent();
        assertThat(view.config().network().maxConnections()).isEqualTo(7);
    }
}
