package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ReplicaPlacementTest {
    @Test
    void shouldPutEachReplicaOneBrokerFurther() {
        Result<List<List<Integer>>> placed = ReplicaPlacement.place(TestCluster.ofBrokers(4), 0, 5, 3, 1);

        assertThat(placed.get())
                .containsExactly(
                        List.of(2, 3, 4), List.of(3, 4, 1), List.of(4, 1, 2), List.of(1, 2, 3), List.of(2, 3, 4));
    }

    @Test
    void shouldGoOnWhereAnEarlierPlacementEnded() {
        Result<List<List<Integer>>> placed = ReplicaPlacement.place(TestCluster.ofBrokers(4), 3, 1, 2, 0);

        assertThat(placed.get()).containsExactly(List.of(4, 1));
    }

    @Test
    void shouldLeadOnLiveBrokersAndFillUpWithFencedOnes() {
        ClusterImage image = TestCluster.ofBrokers(3).apply(TestCluster.broker(1, null, true));

        assertThat(ReplicaPlacement.place(image, 0, 2, 2, 0).get()).containsExactly(List.of(2, 3), List.of(3, 2));
        assertThat(ReplicaPlacement.place(image, 0, 2, 3, 0).get()).containsExactly(List.of(2, 3, 1), List.of(3, 2, 1));
    }

    @Test
    void shouldGiveEveryRackAReplicaBeforeAnyGetsASecond() {
        ClusterImage image = ClusterImage.empty("c");
        String[] racks = {"a", "a", "a", "b", "b", "c"};
        for (int id = 1; id <= racks.length; id++) {
            image = image.apply(TestCluster.broker(id, racks[id - 1], false));
        }

        List<List<Integer>> placed = ReplicaPlacement.place(image, 0, 60, 3, 17).get();

        assertThat(placed).allSatisfy(replicas -> assertThat(replicas.stream().map(id -> racks[id - 1]))
                .containsExactlyInAnyOrder("a", "b", "c"));
        assertThat(ReplicaPlacement.place(image, 0, 60, 4, 17).get())
                .allSatisfy(replicas -> assertThat(replicas).hasSize(4).doesNotHaveDuplicates());
    }

    @Test
    void shouldSpreadLeadersEvenlyOverAllBrokers() {
        Map<Integer, Long> leaders = ReplicaPlacement.place(TestCluster.ofBrokers(5), 0, 100, 3, 7).get().stream()
                .collect(Collectors.groupingBy(replicas -> replicas.get(0), Collectors.counting()));

        assertThat(leaders.values()).hasSize(5).containsOnly(20L);
    }

    @Test
    void shouldSurviveAStartNearTheLargestNumber() {
        Result<List<List<Integer>>> placed =
                ReplicaPlacement.place(TestCluster.ofBrokers(3), 5, 4, 2, Integer.MAX_VALUE - 1);

        assertThat(placed.get()).allSatisfy(r -> assertThat(r).hasSize(2).doesNotHaveDuplicates());
    }

    @Test
    void shouldRefuseMoreReplicasThanBrokersAndAClusterThatIsFenced() {
        assertThat(ReplicaPlacement.place(TestCluster.ofBrokers(2), 0, 1, 3, 0)
                        .error()
                        .error())
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        ClusterImage fenced = ClusterImage.empty("c").apply(TestCluster.broker(1, null, true));
        assertThat(ReplicaPlacement.place(fenced, 0, 1, 1, 0).error().error())
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
    }
}
