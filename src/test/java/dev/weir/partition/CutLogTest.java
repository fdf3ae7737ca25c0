package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.OffsetMessages.EpochAnswer;
import dev.weir.partition.client.OffsetMessages.EpochEnds;
import dev.weir.partition.client.OffsetMessages.EpochEntry;
import dev.weir.storage.directory.DirectoryHealth;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** A log that was opened again after a failed sync and has lost records: nobody may take the new ones for the old. */
class CutLogTest {
    private final ShardFixture shard = ShardFixture.synced();

    CutLogTest() {
        shard.holdsLost = true;
        shard.append(1, shard.batch("synced"));
        shard.finishSync(null);
        shard.append(1, shard.batch("unsynced"));
    }

    @Test
    void shouldLeadNothingUntilThereIsANewerLeaderEpoch() {
        loseTheTail();

        assertThat(shard.partition().log.logEndOffset()).isEqualTo(1);
        assertThat(shard.append(1, shard.batch("refused")).only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(shard.fetch(0, 1, 0, 1).only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(shard.timesLost).isEqualTo(1);
    }

    @Test
    void shouldSayWhereItIsOnceTheMetadataTakesItForLostAndLeadInTheNewEpoch() {
        loseTheTail();

        shard.commit(lost());
        assertThat(shard.placed).containsEntry(ShardFixture.KEY, shard.logDir.id());
        assertThat(shard.append(1, shard.batch("refused")).only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        shard.commit(elected());

        shard.append(1, shard.batch("new"));
        shard.finishSync(null);
        assertThat(shard.written()).containsExactly("synced", "new");
    }

    /** KIP-320: a consumer that has read what is gone asks where its epoch ends. */
    @Test
    void shouldTellAConsumerPastTheCutWhereItsEpochEnds() {
        int before = shard.partition().leaderEpoch();
        loseTheTail();
        shard.commit(lost());
        shard.commit(elected());
        shard.append(1, shard.batch("new"));
        shard.append(1, shard.batch("new as well"));

        int now = shard.partition().leaderEpoch();
        EpochAnswer end = shard.offsets
                .endOffsets(new EpochEnds(List.of(new EpochEntry(ShardFixture.KEY, now, before))))
                .get(0);

        assertThat(now).isGreaterThan(before);
        assertThat(shard.partition().checkLeader(before)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(end.leaderEpoch()).isEqualTo(before);
        assertThat(end.endOffset()).isEqualTo(1);
    }

    @Test
    void shouldLeadOnInItsEpochWhereNothingIsLost() {
        int before = shard.partition().leaderEpoch();

        shard.lifecycle.reopen(shard.partition(), "for the test", shard.nowMs);
        shard.finishSync(null);

        assertThat(shard.partition().log.logEndOffset()).isEqualTo(2);
        assertThat(shard.partition().isLeader()).isTrue();
        assertThat(shard.partition().leaderEpoch()).isEqualTo(before);
        assertThat(shard.timesLost).isZero();
    }

    @Test
    void shouldStayWithoutALeaderWhereItIsOpenedAnotherTimeBeforeTheMetadataHasHeard() {
        loseTheTail();

        shard.lifecycle.reopen(shard.partition(), "for the test", shard.nowMs);

        assertThat(shard.partition().isLeader()).isFalse();
        assertThat(shard.timesLost).isEqualTo(1);
    }

    @Test
    void shouldSayItAgainWhereItDidNotCount() {
        loseTheTail();
        shard.housekeeping.tick(shard.nowMs, (partition, nowMs) -> {});
        assertThat(shard.timesLost).isEqualTo(1);
        shard.missesLost = true;
        shard.release();

        shard.housekeeping.tick(shard.nowMs, (partition, nowMs) -> {});

        assertThat(shard.partition().isLeader()).isFalse();
        assertThat(shard.timesLost).isEqualTo(2);
    }

    @Test
    void shouldSayNothingWhereTheMetadataHasANewerEpochAlready() {
        shard.files.onOperation((operation, path) -> {
            throw new IOException("Input/output error");
        });
        shard.runSync();
        assertThat(shard.shard.isOffline(ShardFixture.KEY)).isTrue();
        shard.files.onOperation((operation, path) -> {});

        shard.commit(elected());

        assertThat(shard.partition().log.logEndOffset()).isEqualTo(1);
        assertThat(shard.partition().isLeader()).isTrue();
        assertThat(shard.timesLost).isZero();
    }

    /** The sync of the log fails, and what it was to make durable is not there any more. */
    private void loseTheTail() {
        shard.finishSync(new IOException("Input/output error"));
        shard.shard.health(shard.logDir.id(), DirectoryHealth.WRITABLE);
    }

    private PartitionChangeRecord lost() {
        return PartitionChangeRecord.of(ShardFixture.TOPIC, 0)
                .withLeader(-1)
                .withDirectories(List.of(DirectoryId.LOST));
    }

    private PartitionChangeRecord elected() {
        return PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(ShardFixture.BROKER);
    }
}
