package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.GroupFigures.Kind;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupRules;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.junit.jupiter.api.Test;

/** What a coordinator says of its groups. */
class GroupMeasureTest {
    private final FakeCoordinatorLog log = new FakeCoordinatorLog();
    private final PartitionCoordinator coordinator = new PartitionCoordinator(
            0,
            log,
            () -> new GroupCoordinatorCore(GroupRules.DEFAULTS, () -> "id", new NoConsumerGroups()),
            new GroupTimers(() -> {}),
            new GroupTally(),
            Compression.NONE,
            () -> 1 << 20,
            () -> 0,
            () -> 0);

    @Test
    void shouldNameTheKindsThatThereAreNoneOf() {
        assertThat(measure(10).kinds())
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
        GroupFigures figures = measure(7);

        // then
        assertThat(figures.kinds()).contains(new Kind("classic", "Empty", 5));
        assertThat(figures.groups()).hasSize(3).allMatch(one -> one.offsets().size() == 2);
        assertThat(figures.leftOut()).isEqualTo(4);
    }

    private GroupFigures measure(int maxOffsets) {
        return new GroupMeasure(maxOffsets).of(List.of(coordinator), new GroupTally());
    }
}
