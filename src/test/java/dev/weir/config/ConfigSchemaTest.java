package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSchemaTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TOPIC|t|retention.ms=1|NONE|",
                "TOPIC|t|retention.ms=x|INVALID_CONFIG|retention.ms=x is not valid: it must be a whole number of 64 bits, at least -1",
                "TOPIC|t|log.retention.ms=1|INVALID_CONFIG|Unknown topic config name: log.retention.ms",
                "GROUP|g|consumer.session.timeout.ms=1|INVALID_CONFIG|consumer.session.timeout.ms=1 is not valid: this broker allows from 45000 to 60000",
                "BROKER|1|log.retention.ms=1|NONE|",
                "BROKER|''|log.retention.ms=1|NONE|",
                "BROKER|1|log.retention.ms=x|INVALID_REQUEST|log.retention.ms=x is not valid: it must be a whole number of 64 bits, at least -1",
                "BROKER|''|num.partitions=1|INVALID_REQUEST|Cannot update this config dynamically: num.partitions",
                "BROKER|''|listeners=PLAINTEXT://:1|INVALID_REQUEST|Cannot update this config dynamically: listeners",
                "BROKER|''|num.io.threads=1|NONE|",
                "BROKER|''|num.io.threads=x|INVALID_REQUEST|num.io.threads=x is not valid: it must be a whole number of 32 bits, at least 1",
                "BROKER|1|background.threads=9|NONE|",
                "BROKER|1|num.replica.fetchers=2|NONE|",
                "BROKER|1|sasl.kerberos.min.time.before.relogin=58000|NONE|",
                "BROKER|1|zookeeper.clientCnxnSocket=x|NONE|",
                "BROKER|1|my.plugin.setting=x|NONE|",
                "BROKER|1|broker.heartbeat.interval.ms=1|INVALID_REQUEST|Cannot update this config dynamically: broker.heartbeat.interval.ms",
                "BROKER|1|num.replica.fetcher=2|INVALID_REQUEST|Unknown broker config name: num.replica.fetcher; the nearest known setting is num.replica.fetchers",
                "BROKER|1|leader.replication.throttled.rate=1000000|NONE|",
                "TOPIC|t|leader.replication.throttled.replicas=*|NONE|",
                "TOPIC|t|follower.replication.throttled.replicas=0:1,1:2|NONE|",
                "TOPIC|t|follower.replication.throttled.replicas=none|INVALID_CONFIG|follower.replication.throttled.replicas=none is not valid: it must be * or a list of partition:broker",
                "TOPIC|t|remote.storage.enable=false|NONE|",
                "TOPIC|t|remote.storage.enable=true|INVALID_CONFIG|remote.storage.enable=true is not valid: it must be true or false, but only false: this broker has no tiered storage",
                "TOPIC|t|local.retention.ms=-2|NONE|",
                "TOPIC|t|local.retention.bytes=-3|INVALID_CONFIG|local.retention.bytes=-3 is not valid: it must be a whole number of 64 bits, at least -2",
                "TOPIC|t|remote.log.copy.disable=true|NONE|",
                "BROKER|1|log.retention.m=1|INVALID_REQUEST|Unknown broker config name: log.retention.m; the nearest known setting is log.retention.ms",
                "BROKER|1|log.cleaner.max.compaction.lag.ms=5|INVALID_REQUEST|log.cleaner.max.compaction.lag.ms=5 is not valid: it must be at least log.cleaner.min.compaction.lag.ms=9",
                "BROKER|''|log.cleaner.max.compaction.lag.ms=5|INVALID_REQUEST|log.cleaner.max.compaction.lag.ms=5 is not valid: it must be at least log.cleaner.min.compaction.lag.ms=9",
                "CLIENT_METRICS|m|interval.ms=1|INVALID_REQUEST|settings of type CLIENT_METRICS are not stored"
            })
    void shouldCheckSettingsAsTheyWouldStand(
            ConfigResource.Type type, String name, String setting, Errors error, @Nullable String message) {
        // given
        BrokerConfig broker = BrokerConfig.of(Map.of("log.cleaner.min.compaction.lag.ms", "9"));
        String[] parts = setting.split("=");

        // when
        ApiError answer = ConfigSchema.validate(broker, new ConfigResource(type, name), Map.of(parts[0], parts[1]));

        // then
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.message()).isEqualTo(message);
    }

    @Test
    void shouldKnowListsAndDefaults() {
        assertThat(ConfigSchema.isList(ConfigResource.Type.TOPIC, "cleanup.policy"))
                .isTrue();
        assertThat(ConfigSchema.isList(ConfigResource.Type.TOPIC, "retention.ms"))
                .isFalse();
        assertThat(ConfigSchema.isList(ConfigResource.Type.TOPIC, "log.cleanup.policy"))
                .isFalse();
        assertThat(ConfigSchema.isList(ConfigResource.Type.BROKER, "log.cleanup.policy"))
                .isTrue();
        assertThat(ConfigSchema.defaultValue(ConfigResource.Type.TOPIC, "cleanup.policy"))
                .contains("delete");
        assertThat(ConfigSchema.defaultValue(ConfigResource.Type.BROKER, "log.retention.ms"))
                .isEmpty();
        assertThat(ConfigSchema.defaultValue(ConfigResource.Type.GROUP, "consumer.session.timeout.ms"))
                .contains("45000");
        assertThat(ConfigSchema.defaultValue(ConfigResource.Type.GROUP, "none")).isEmpty();
    }
}
