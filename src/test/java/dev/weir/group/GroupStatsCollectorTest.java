package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.GroupStats.Kind;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupRules;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.junit.jupiter.api.Test;

/** What a coordinator says of its groups. */
class GroupStatsCollectorTest {
    private final FakeCoordinatorLog log = new FakeCoordinatorLog();
    private final PartitionCoordinator coordinator = new PartitionCoordinator(
            0,
            log,
            () -> new GroupCoordinatorCore(GroupRules.of(BrokerConfig.defaults()), () -> "id", new NoConsumerGroups()),
            new GroupTimers(() -> {}),
            new GroupCounters(),
            Compression.NONE,
            () -> 1 << 20,
            () -> 0,
            () -> 0);

    @Test
    void shouldNameTheKindsThatThereAreNoneOf() {
        assertThat(stats(10).kinds())
                .contains(new Kind("classic", "Stable", 0), new Kind("consumer", "Reconciling", 0))
                .hasSize(8);
    }

    @Test
    void shouldCountEveryGroupButNameNoMoreOffsetsThanAsked() {
        // given
        coordinator.lead(1);
        for (int group = 0; group < 5; group++) {
            for (int partition = 0; partition < 2; partition++) {
                coordinator.handle(
                        GroupCall.of(
                                ClassicRequests.commit("", -1, "t", partition, 7)
                                        .setGroupId("g" + group),
                                (short) 9,
                                "",
                                ""),
                        answer -> {});
            }
        }
        log.commitAll();

        // when
        GroupStats stats = stats(7);

        // then
        assertThat(stats.kinds()).contains(new Kind("classic", "Empty", 5));
        assertThat(stats.groups()).hasSize(3).allMatch(one -> one.offsets().size() == 2);
        assertThat(stats.leftOut()).isEqualTo(4);
    }

    private GroupStats stats(int maxOffsets) {
        return new GroupStatsCollector(maxOffsets).of(List.of(coordinator), new GroupCounters());
    }
}
