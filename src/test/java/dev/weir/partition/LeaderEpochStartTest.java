package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.FetchAnswer;
import dev.weir.storage.file.InMemoryLogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** A leader writes where its epoch begins before its first append, or does not lead. */
class LeaderEpochStartTest {
    private static final String CHECKPOINT = "leader-epoch-checkpoint";

    private final ShardFixture shard = ShardFixture.alone();

    @Test
    void shouldWriteTheStartOfTheEpochWhenALogIsMadeAndWhenItIsElected() throws Exception {
        // given
        assertThat(checkpoint()).containsExactly("0 0");
        shard.append(1, shard.batch("a"));

        // when
        lead(4);

        // then
        assertThat(checkpoint()).containsExactly("0 0", "4 1");
    }

    @Test
    void shouldWriteNothingWhenAnotherBrokerLeads() throws Exception {
        // when
        shard.commit(ShardMetadata.partition(ShardFixture.TOPIC, 4, 2, List.of(1, 2)));

        // then
        assertThat(checkpoint()).containsExactly("0 0");
    }

    @Test
    void shouldNotLeadWhenTheStartOfTheEpochCannotBeWritten() {
        // given
        shard.append(1, shard.batch("a"));
        Answer<FetchAnswer> waiting = shard.fetch(1, 1, 500, 1);
        failEpochs();

        // when
        lead(4);

        // then
        assertThat(shard.shard.isOffline(ShardFixture.KEY)).isTrue();
        assertThat(shard.writeFailures).hasSize(1);
        assertThat(waiting.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(shard.append(1, shard.batch("b")).only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void shouldLeadInTheNewEpochWhenTheDirectoryHasRecovered() throws Exception {
        // given
        shard.append(1, shard.batch("a"));
        failEpochs();
        lead(4);
        shard.files.onOperation((operation, path) -> {});

        // when
        shard.lifecycle.reopen(shard.logDir.id(), shard.nowMs);

        // then
        assertThat(checkpoint()).containsExactly("0 0", "4 1");
        assertThat(shard.partition().leaderEpoch()).isEqualTo(4);
        assertThat(shard.written()).containsExactly("a");
    }

    @Test
    void shouldNotOpenALogWhoseEpochCannotBegin() throws Exception {
        // given
        shard.append(1, shard.batch("a"));
        shard.files.onOperation((operation, path) -> {});
        ShardFixture stopped = shard.afterStop();
        stopped.files.onOperation((operation, path) -> {
            if (operation == InMemoryLogFiles.Operation.WRITE && path.toString().contains(CHECKPOINT)) {
                throw new IOException("broken");
            }
        });

        // when
        ShardFixture next = stopped.after(false, ShardMetadata.partition(ShardFixture.TOPIC, 1, 1, List.of(1)));

        // then
        assertThat(next.shard.isOffline(ShardFixture.KEY)).isTrue();
        assertThat(next.writeFailures).isNotEmpty();
    }

    @Test
    void shouldNeitherSyncAtTheStartNorAtTheStopForAnEpochInWhichNothingIsWritten() throws Exception {
        // given
        shard.append(1, shard.batch("a"));
        ShardFixture idle = shard.afterStop();
        lead(idle, 1);
        List<Path> synced = new ArrayList<>();
        idle.files.onOperation((operation, path) -> {
            boolean sync = operation == InMemoryLogFiles.Operation.FORCE
                    || operation == InMemoryLogFiles.Operation.SYNC_DIRECTORY;
            if (sync && path.toString().contains("orders")) {
                synced.add(path);
            }
        });

        // when
        ShardFixture again = idle.afterStop();
        lead(again, 2);

        // then
        assertThat(synced).isEmpty();
        assertThat(again.running).isEmpty();
        assertThat(checkpoint()).containsExactly("0 0", "2 1");
    }

    private void failEpochs() {
        shard.files.onOperation((operation, path) -> {
            if (path.toString().contains(CHECKPOINT)) {
                throw new IOException("broken");
            }
        });
    }

    private void lead(int epoch) {
        lead(shard, epoch);
    }

    private static void lead(ShardFixture fixture, int epoch) {
        fixture.commit(ShardMetadata.partition(ShardFixture.TOPIC, epoch, 1, List.of(1)));
    }

    private List<String> checkpoint() throws IOException {
        byte[] content = shard.files.content(Path.of("/logs/orders-0", CHECKPOINT));
        List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
        return lines.subList(2, lines.size());
    }
}
