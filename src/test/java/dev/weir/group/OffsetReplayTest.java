package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** A coordinator that starts with very many offsets, read from the log a piece at a time. */
class OffsetReplayTest {
    private static final int COMMITS = 1_000_000;
    private static final int PIECE = 10_000;
    private static final Uuid TOPIC_ID = new Uuid(5, 6);

    @Test
    void shouldReplayAMillionCommits() {
        // given
        var core = new GroupCoordinatorCore(GroupRules.of(BrokerConfig.defaults()), () -> "", new NoConsumerGroups());

        // when
        for (int from = 0; from < COMMITS; from += PIECE) {
            List<CoordinatorRecord> piece = IntStream.range(from, from + PIECE)
                    .mapToObj(OffsetReplayTest::commit)
                    .toList();
            piece.forEach(core::replay);
        }

        // then
        assertThat(core.offsets().count()).isEqualTo(COMMITS);
    }

    private static CoordinatorRecord commit(int i) {
        return GroupRecordCodec.encode(new GroupRecord.OffsetCommit(
                "group-" + i % 1_000,
                "a-topic-of-usual-length-" + i / 1_000 % 20,
                i / 20_000,
                new CommittedOffset(i, 3, "", 1_700_000_000_000L + i, -1, TOPIC_ID)));
    }
}
