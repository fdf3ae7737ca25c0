package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.heartbeat;
import static dev.weir.group.ClassicRequests.join;
import static dev.weir.group.ClassicRequests.leave;
import static dev.weir.group.ClassicRequests.sync;
import static dev.weir.group.ClassicRequests.who;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Offsets whose retention (here 100 s, looked at every 10 s) is over. */
class OffsetExpiryTest {
    private static final GroupRules SETTINGS =
            new GroupRules(3_000, 10, 6_000, 600_000, 300_000, 4_096, 100_000, 10_000);
    private final GroupDriver driver = new GroupDriver(SETTINGS);

    @Test
    void shouldExpireOffsetsOfNoGroupByTheirCommit() {
        driver.send(commit("", -1, "t", 0, 1), 9);
        driver.advance(50_000);
        driver.send(commit("", -1, "t", 1, 1), 9);

        driver.advance(49_000);
        assertThat(driver.core.offsets().count()).isEqualTo(2);
        driver.advance(2_000);
        assertThat(driver.core.offsets().count()).isEqualTo(1);
        driver.advance(60_000);

        assertThat(driver.core.offsets().count()).isZero();
        assertThat(driver.core.groups()).isEmpty();
    }

    @Test
    void shouldExpireOffsetsOfAnEmptyGroupByTheTimeItBecameEmpty() {
        formGroup();
        driver.send(commit("client-1", 1, "t", 0, 1), 9);
        keepAlive(200_000);
        assertThat(driver.core.offsets().count()).isEqualTo(1);

        driver.send(leave(who("client-1", null)), 5);
        driver.advance(90_000);
        assertThat(driver.core.offsets().count()).isEqualTo(1);
        driver.crash();
        driver.advance(20_000);

        assertThat(driver.core.offsets().count()).isZero();
        assertThat(driver.core.groups()).isEmpty();
        driver.crash();
        assertThat(driver.core.groups()).isEmpty();
    }

    @Test
    void shouldExpireOffsetsOfTopicsThatALivingGroupHasLeft() {
        formGroup();
        driver.send(commit("client-1", 1, "t", 0, 1), 9);
        driver.send(commit("client-1", 1, "left", 0, 1), 9);

        keepAlive(120_000);

        assertThat(driver.core.offsets().topics(ClassicRequests.GROUP)).containsExactly("t");
        assertThat(driver.core.groups()).hasSize(1);
    }

    @Test
    void shouldHonourTheRetentionThatOldClientsAskFor() {
        driver.send(commit("", -1, "t", 0, 1).setRetentionTimeMs(15_000), 4);
        driver.send(commit("", -1, "t", 1, 1).setRetentionTimeMs(500_000), 4);

        driver.advance(10_000);
        assertThat(driver.core.offsets().count()).isEqualTo(2);
        driver.advance(10_000);
        assertThat(driver.core.offsets().count()).isEqualTo(1);
        driver.advance(400_000);

        assertThat(driver.core.offsets().count()).isEqualTo(1);
    }

    @Test
    void shouldNotExpireWhatAnOpenTransactionHolds() {
        driver.send(commit("", -1, "t", 0, 1), 9);
        GroupRecord.OffsetCommit within = new GroupRecord.OffsetCommit(
                ClassicRequests.GROUP,
                "t",
                0,
                new CommittedOffset(9, -1, "", driver.wallMs, -1, org.apache.kafka.common.Uuid.ZERO_UUID));
        driver.core.replay(77, GroupRecordCodec.encode(within));

        driver.advance(120_000);
        assertThat(driver.core.offsets().count()).isEqualTo(1);
        driver.core.endTransaction(77, false);
        driver.advance(10_000);

        assertThat(driver.core.offsets().count()).isZero();
    }

    private void formGroup() {
        driver.send(join("", "range"), 3);
        driver.advance(3_000);
        driver.send(sync("client-1", 1, Map.of("client-1", "A")), 5);
    }

    private void keepAlive(long ms) {
        for (long at = 0; at < ms; at += 5_000) {
            driver.send(heartbeat("client-1", 1), 4);
            driver.advance(5_000);
        }
    }
}
