package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ElectionsTest {
    private static final Uuid ID = new Uuid(1, 1);
    private static final PartitionChangeRecord CHANGE = PartitionChangeRecord.of(ID, 0);

    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(3), "t", ID, 1, 2, 3)
            .apply(CHANGE.withIsr(List.of(1)).withElr(List.of(2)));

    @Test
    void shouldTellWhereALeaderComesFrom() {
        ClusterImage nobody = image.apply(CHANGE.withLeader(-1).withLastKnownElr(List.of(1)));

        assertThat(counts(nobody, CHANGE.withLeader(1))).isEqualTo(new ControllerStats.Counts(1, 0, 0));
        assertThat(counts(nobody, CHANGE.withLeader(2).withIsr(List.of(2))))
                .isEqualTo(new ControllerStats.Counts(0, 1, 0));
        assertThat(Elections.in(nobody, List.of(unclean(3))).unclean())
                .containsExactly(new Elections.Unclean("t", 0, 3, false));
        assertThat(counts(nobody, unclean(3))).isEqualTo(new ControllerStats.Counts(0, 0, 1));
    }

    @Test
    void shouldTellThatTheLastLeaderMayLackRecordsToo() {
        ClusterImage empty = image.apply(
                CHANGE.withLeader(-1).withIsr(List.of()).withElr(List.of()).withLastKnownElr(List.of(1)));

        assertThat(Elections.in(empty, List.of(unclean(1))).unclean())
                .containsExactly(new Elections.Unclean("t", 0, 1, true));
    }

    @Test
    void shouldNotCountWhatElectsNobody() {
        assertThat(counts(image, CHANGE.withLeader(1), CHANGE.withLeader(-1), CHANGE.withElr(List.of())))
                .isEqualTo(ControllerStats.Counts.NONE);
    }

    /** A replica that a reassignment has added joins the ISR and leads by one record. */
    @Test
    void shouldCountALeaderThatHasJustJoinedAsInSync() {
        assertThat(counts(image, CHANGE.withLeader(3).withIsr(List.of(1, 3))))
                .isEqualTo(new ControllerStats.Counts(1, 0, 0));
    }

    private static PartitionChangeRecord unclean(int leader) {
        return CHANGE.withLeader(leader).withIsr(List.of(leader)).withRecovering(true);
    }

    private static ControllerStats.Counts counts(ClusterImage before, MetadataRecord... records) {
        return Elections.in(before, List.of(records)).counts();
    }
}
