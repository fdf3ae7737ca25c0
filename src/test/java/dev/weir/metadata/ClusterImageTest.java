package dev.weir.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.ClearElrRecord;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.metadata.record.UnregisterBrokerRecord;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterImageTest {
    private static final Uuid ID = new Uuid(1L, 1L);
    private static final Uuid DIR = new Uuid(5L, 5L);
    private static final ConfigResource TOPIC_RESOURCE = new ConfigResource(ConfigResource.Type.TOPIC, "a.b");

    private final ClusterImage withTopic = image(
            new TopicRecord("a.b", ID),
            new PartitionRecord(
                    ID, 0, List.of(1, 2), List.of(1, 2), List.of(), List.of(), 1, 4, 9, List.of(DIR, DIR), false),
            new ConfigRecord(TOPIC_RESOURCE, "retention.ms", "7"));

    @Test
    void shouldFindATopicByNameAndById() {
        assertThat(withTopic.topic("a.b")).isPresent().isEqualTo(withTopic.topic(ID));
        assertThat(withTopic.topics().collidingWith("a_b")).contains("a.b");
        assertThat(withTopic.topics().collidingWith("ab")).isEmpty();
    }

    @Test
    void shouldRemoveATopicWithItsConfigsAndLeaveNoTrace() {
        ClusterImage empty = withTopic.apply(new RemoveTopicRecord(ID));

        assertThat(empty).isEqualTo(ClusterImage.empty("cluster"));
    }

    @Test
    void shouldRaiseOnlyThePartitionEpochWhenTheIsrChanges() {
        PartitionImage changed = partition(PartitionChangeRecord.of(ID, 0).withIsr(List.of(2)));

        assertThat(changed.isr()).containsExactly(2);
        assertThat(changed.leader()).isEqualTo(1);
        assertThat(changed.leaderEpoch()).isEqualTo(4);
        assertThat(changed.partitionEpoch()).isEqualTo(10);
    }

    @Test
    void shouldRaiseBothEpochsWhenALeaderIsNamedEvenTheSame() {
        PartitionImage changed = partition(PartitionChangeRecord.of(ID, 0).withLeader(1));

        assertThat(changed.leaderEpoch()).isEqualTo(5);
        assertThat(changed.partitionEpoch()).isEqualTo(10);
    }

    @Test
    void shouldForgetASettingThatIsTakenBack() {
        ClusterImage image = withTopic.apply(new ConfigRecord(TOPIC_RESOURCE, "retention.ms", null));

        assertThat(image.configs().byResource()).isEmpty();
    }

    @Test
    void shouldFollowABrokerThroughItsStates() {
        ClusterImage registered = image(broker(1, 10, true));
        ClusterImage unfenced = registered.apply(BrokerRegistrationChangeRecord.unfence(1, 10));
        ClusterImage leaving = unfenced.apply(BrokerRegistrationChangeRecord.controlledShutdown(1, 10));
        ClusterImage gone = leaving.apply(new UnregisterBrokerRecord(1, 10));

        assertThat(registered.isActive(1)).isFalse();
        assertThat(unfenced.isActive(1)).isTrue();
        assertThat(leaving.isActive(1)).isFalse();
        assertThat(gone.brokers()).isEmpty();
    }

    @Test
    void shouldSwitchAFeatureOffAtLevelZero() {
        ClusterImage image = image(new FeatureLevelRecord("f", (short) 2), new FeatureLevelRecord("f", (short) 0));

        assertThat(image.features()).isEmpty();
    }

    @Test
    void shouldShareWhatDidNotChange() {
        ClusterImage other = withTopic.apply(new TopicRecord("other", new Uuid(2L, 2L)));

        assertThat(other.topic(ID).orElseThrow()).isSameAs(withTopic.topic(ID).orElseThrow());
        assertThat(other.configs()).isSameAs(withTopic.configs());
        assertThat(other.brokers()).isSameAs(withTopic.brokers());
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void shouldRefuseARecordThatDoesNotFit(MetadataRecord record) {
        assertThatThrownBy(() -> withTopic.apply(broker(1, 10, true)).apply(record))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldKeepWhoIsEligibleToLead() {
        PartitionImage empty = partition(PartitionChangeRecord.of(ID, 0)
                .withLeader(-1)
                .withIsr(List.of())
                .withElr(List.of(2))
                .withLastKnownElr(List.of(1)));

        assertThat(empty.isr()).isEmpty();
        assertThat(empty.elr()).containsExactly(2);
        assertThat(empty.lastKnownElr()).containsExactly(1);
        assertThat(empty.with(PartitionChangeRecord.of(ID, 0).withLeader(2)).elr())
                .containsExactly(2);
    }

    @Test
    void shouldForgetWhoIsEligibleOfOneTopicOrOfAll() {
        ClusterImage eligible = withTopic.apply(PartitionChangeRecord.of(ID, 0).withElr(List.of(2)));

        ClusterImage cleared = eligible.apply(new ClearElrRecord("a.b"));

        assertThat(cleared.topics().partition(ID, 0).orElseThrow().elr()).isEmpty();
        assertThat(cleared.topics().partition(ID, 0).orElseThrow().partitionEpoch())
                .isEqualTo(11);
        assertThat(eligible.apply(new ClearElrRecord(""))).isEqualTo(cleared);
        assertThat(eligible.apply(new ClearElrRecord("gone"))).isEqualTo(eligible);
        assertThat(cleared.apply(new ClearElrRecord("")))
                .as("nothing to forget")
                .isEqualTo(cleared);
    }

    static Stream<MetadataRecord> misfits() {
        Uuid unknown = new Uuid(8L, 8L);
        return Stream.of(
                new TopicRecord("a.b", unknown),
                new TopicRecord("another", ID),
                new RemoveTopicRecord(unknown),
                PartitionChangeRecord.of(unknown, 0),
                PartitionChangeRecord.of(ID, 1),
                new UnregisterBrokerRecord(2, 10),
                BrokerRegistrationChangeRecord.fence(1, 9));
    }

    @Test
    void shouldNameTheChangedPartitionsOfAChange() {
        ImageChange change = ImageChange.of(
                withTopic,
                List.of(new PartitionRecord(
                        ID, 1, List.of(1), List.of(1), List.of(), List.of(), 1, 0, 0, List.of(DIR), false)),
                new LogPosition(3, 1));

        assertThat(change.changedTopics()).containsExactly(ID);
        assertThat(change.changedPartitions(ID)).containsExactly(1);
        assertThat(change.brokersChanged()).isFalse();
    }

    @Test
    void shouldNameThePartitionsAndConfigsOfADeletedTopic() {
        ImageChange change = ImageChange.of(withTopic, List.of(new RemoveTopicRecord(ID)), new LogPosition(3, 1));

        assertThat(change.changedPartitions(ID)).containsExactly(0);
        assertThat(change.changedConfigs()).containsExactly(TOPIC_RESOURCE);
    }

    private PartitionImage partition(MetadataRecord change) {
        return withTopic.apply(change).topics().partition(ID, 0).orElseThrow();
    }

    private static MetadataRecord broker(int id, long epoch, boolean fenced) {
        return new RegisterBrokerRecord(id, DIR, epoch, List.of(), List.of(), null, fenced, false, List.of(DIR));
    }

    private static ClusterImage image(MetadataRecord... records) {
        ClusterImage image = ClusterImage.empty("cluster");
        for (MetadataRecord record : records) {
            image = image.apply(record);
        }
        return image;
    }
}
