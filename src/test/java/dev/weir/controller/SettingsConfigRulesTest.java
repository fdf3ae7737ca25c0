package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.ConfigRecord;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.junit.jupiter.api.Test;

class SettingsConfigRulesTest {
    private final SettingsConfigRules rules =
            new SettingsConfigRules(BrokerConfig.of(Map.of("node.id", "1", "min.insync.replicas", "3")));
    private final ClusterImage given = ClusterImage.empty("cluster");

    @Test
    void shouldTakeTheMostSpecificMinInsyncReplicas() {
        ClusterImage ofAll = with(given, Type.BROKER, "", "min.insync.replicas", "2");
        ClusterImage ofTopic = with(ofAll, Type.TOPIC, "t", "min.insync.replicas", "1");

        assertThat(rules.minInsyncReplicas(given, "t")).isEqualTo(3);
        assertThat(rules.minInsyncReplicas(ofAll, "t")).isEqualTo(2);
        assertThat(rules.minInsyncReplicas(ofTopic, "t")).isEqualTo(1);
        assertThat(rules.minInsyncReplicas(ofTopic, "other")).isEqualTo(2);
        assertThat(rules.minInsyncReplicas(given, "t"))
                .as("of an image, not of the newest")
                .isEqualTo(3);
    }

    @Test
    void shouldTakeTheMostSpecificWordOnUncleanElections() {
        ClusterImage ofAll = with(given, Type.BROKER, "", "unclean.leader.election.enable", "true");
        ClusterImage ofTopic = with(ofAll, Type.TOPIC, "t", "unclean.leader.election.enable", "false");

        assertThat(rules.allowsUncleanElection(given, "t")).isFalse();
        assertThat(rules.allowsUncleanElection(ofAll, "t")).isTrue();
        assertThat(rules.allowsUncleanElection(ofTopic, "t")).isFalse();
    }

    private static ClusterImage with(ClusterImage image, Type type, String of, String name, String value) {
        return image.apply(new ConfigRecord(new ConfigResource(type, of), name, value));
    }
}
