package dev.weir.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.FeatureRange;
import dev.weir.metadata.record.RecordType;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Kafka's own table of metadata versions is the oracle. */
class FeatureGateTest {
    private static final FeatureRange LEVELS = Feature.METADATA_VERSION.supported();

    static Stream<Short> levels() {
        return IntStream.rangeClosed(LEVELS.min(), LEVELS.max()).mapToObj(level -> (short) level);
    }

    @ParameterizedTest
    @MethodSource("levels")
    void shouldWriteTheVersionsThatKafkaWritesAtThatLevel(short level) {
        MetadataVersion kafkas = MetadataVersion.fromFeatureLevel(level);

        assertThat(FeatureGate.recordVersion(RecordType.PARTITION, level)).isEqualTo(kafkas.partitionRecordVersion());
        assertThat(FeatureGate.recordVersion(RecordType.PARTITION_CHANGE, level))
                .isEqualTo(kafkas.partitionChangeRecordVersion());
        assertThat(FeatureGate.recordVersion(RecordType.REGISTER_BROKER, level))
                .isEqualTo(kafkas.registerBrokerRecordVersion());
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadWhateverItWrites(RecordType type) {
        assertThat(levels()).allSatisfy(level -> assertThat(FeatureGate.recordVersion(type, level))
                .isBetween((short) 0, type.newestVersion()));
    }

    @Test
    void shouldWriteNothingBelowTheLowestLevel() {
        assertThatThrownBy(() -> FeatureGate.recordVersion(RecordType.TOPIC, (short) (LEVELS.min() - 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldLoseRecordsByADowngradeWhereKafkaDoes() {
        levels().forEach(from -> levels().filter(to -> to < from)
                .forEach(to -> assertThat(Feature.METADATA_VERSION.losesRecords(from, to))
                        .as("%d to %d", from, to)
                        .isEqualTo(MetadataVersion.checkIfMetadataChanged(
                                MetadataVersion.fromFeatureLevel(from), MetadataVersion.fromFeatureLevel(to)))));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "METADATA_VERSION")
    void shouldNameNoLevelThatKafkaDoesNotHave(Feature feature) {
        var kafkas = org.apache.kafka.server.common.Feature.featureFromName(feature.featureName());

        assertThat(feature.supported().min()).isGreaterThanOrEqualTo(kafkas.minimumProduction());
        assertThat(feature.supported().max()).isLessThanOrEqualTo(kafkas.latestProduction());
    }

    @Test
    void shouldOpenAnApiFromItsLevelOn() {
        FeatureGate.Need need = FeatureGate.of(ApiKeys.CONSUMER_GROUP_HEARTBEAT).orElseThrow();
        ClusterImage off = ClusterImage.empty("cluster");

        assertThat(need.isMet(off)).isFalse();
        assertThat(need.isMet(off.apply(new FeatureLevelRecord("group.version", (short) 1))))
                .isTrue();
        assertThat(FeatureGate.of(ApiKeys.JOIN_GROUP)).isEmpty();
    }
}
