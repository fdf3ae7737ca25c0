package dev.weir.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageSnapshotTest {
    private static final int STEPS = 400;

    static List<Long> seeds() {
        int count = Integer.getInteger("weir.sim.seeds", 20);
        List<Long> seeds = new ArrayList<>();
        for (long seed = 1; seed <= count; seed++) {
            seeds.add(seed);
        }
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldComeBackEqualFromItsRecordsAndTheirBytes(long seed) {
        ClusterImage image = randomImage(seed).at(new LogPosition(STEPS, 3));

        List<MetadataRecord> read = ImageSnapshot.toRecords(image).stream()
                .map(record -> MetadataRecordCodec.encode(
                        record, FeatureGate.recordVersion(record.type(), FeatureGate.metadataVersion(image))))
                .map(bytes -> MetadataRecordCodec.decode(ByteBuffer.wrap(bytes)))
                .toList();

        assertThat(ImageSnapshot.fromRecords("cluster", read, new LogPosition(STEPS, 3)))
                .isEqualTo(image);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldNameEveryTopicAndResourceThatDiffers(long seed) {
        ClusterImage before = randomImage(seed);
        RandomMetadata metadata = new RandomMetadata(seed + 1_000_000);
        List<MetadataRecord> records = new ArrayList<>();
        ClusterImage image = before;
        for (int i = 0; i < 10; i++) {
            MetadataRecord record = metadata.next(image);
            records.add(record);
            image = image.apply(record);
        }

        ImageChange change = ImageChange.of(before, records, new LogPosition(99, 1));

        assertThat(change.after()).isEqualTo(image.at(new LogPosition(99, 1)));
        assertThat(change.before().topics().byId().values())
                .filteredOn(t -> !change.changedTopics().contains(t.id()))
                .allSatisfy(t -> assertThat(change.after().topic(t.id())).containsSame(t));
        assertThat(change.after().topics().byId().keySet())
                .filteredOn(id -> before.topic(id).isEmpty())
                .isSubsetOf(change.changedTopics());
        assertThat(before.configs().byResource().keySet())
                .filteredOn(r -> !change.changedConfigs().contains(r))
                .allSatisfy(r -> assertThat(change.after().configs().of(r))
                        .isSameAs(before.configs().of(r)));
        if (!before.brokers().equals(image.brokers())) {
            assertThat(change.brokersChanged()).isTrue();
        }
    }

    private static ClusterImage randomImage(long seed) {
        RandomMetadata metadata = new RandomMetadata(seed);
        ClusterImage image = ClusterImage.empty("cluster");
        for (int i = 0; i < STEPS; i++) {
            image = image.apply(metadata.next(image));
        }
        return image;
    }
}
