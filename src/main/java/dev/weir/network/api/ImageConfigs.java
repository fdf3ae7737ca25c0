package dev.weir.network.api;

import dev.weir.config.ResourceConfigs;
import dev.weir.metadata.ClusterImage;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;

/** The settings of topics and groups in one cluster image. */
record ImageConfigs(ClusterImage image) implements ResourceConfigs {
    @Override
    public Optional<Map<String, String>> ofTopic(String topic) {
        return image.topic(topic).map(known -> image.configs().ofTopic(topic));
    }

    @Override
    public Map<String, String> ofGroup(String group) {
        return image.configs().of(new ConfigResource(ConfigResource.Type.GROUP, group));
    }
}
