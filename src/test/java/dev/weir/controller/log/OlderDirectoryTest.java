package dev.weir.controller.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.quorum.LogBatch;
import dev.weir.quorum.QuorumStateCodec;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.OpenFileCache;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A data directory of a Weir that began a new epoch at every start, alone, and wrote version 0 of quorum-state. */
class OlderDirectoryTest {
    private static final Path DIR = Path.of("/data");
    private static final Path LOG_DIR = DIR.resolve("__cluster_metadata-0");
    private static final long NOW = 1_000;
    private static final short LEVEL = 29;

    private static final String OLD_STATE = "{\"clusterId\":\"\",\"leaderId\":1,\"leaderEpoch\":2,\"votedId\":-1,"
            + "\"appliedOffset\":0,\"currentVoters\":[{\"voterId\":1}],\"data_version\":0}";

    private final InMemoryLogFiles files = new InMemoryLogFiles();

    @BeforeEach
    void writeTheDirectory() throws Exception {
        MetadataLogStore store =
                MetadataLogStore.open(LogDirectory.open(files, DIR), new OpenFileCache(files, 8), 4096, NOW);
        store.append(leaderChange(0, 1), NOW);
        store.append(
                MetadataBatches.of(1, 1, NOW, LEVEL, List.of(new FeatureLevelRecord("metadata.version", (short) 29))),
                NOW);
        store.append(leaderChange(2, 2), NOW);
        store.append(MetadataBatches.of(3, 2, NOW, LEVEL, List.of(new TopicRecord("kept", new Uuid(7, 7)))), NOW);
        store.close();
        files.put(LOG_DIR.resolve("quorum-state"), OLD_STATE.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldGoOnAsAClusterOfOneVoterWithoutAnyStep() throws Exception {
        OneVoter voter = new OneVoter(files, DIR, 4096, OneVoter.NO_SNAPSHOTS).begin();

        assertThat(voter.log().isActive()).isTrue();
        assertThat(voter.log().epoch()).isEqualTo(3);
        assertThat(voter.log().committed().topics().byName()).containsOnlyKeys("kept");
        assertThat(voter.log().voters().contains(OneVoter.ME)).isTrue();
        assertThat(voter.log().voters().pinned()).isTrue();
        assertThat(voter.commit(new TopicRecord("new", new Uuid(7, 8)))).isEqualTo(Errors.NONE);
        assertThat(QuorumStateCodec.read(
                                new String(files.content(LOG_DIR.resolve("quorum-state")), StandardCharsets.UTF_8))
                        .voters())
                .isEmpty();

        voter.close();
        files.crash(new Random(1));
        OneVoter again = new OneVoter(files, DIR, 4096, OneVoter.NO_SNAPSHOTS).begin();
        assertThat(again.log().committed().topics().byName()).containsOnlyKeys("kept", "new");
    }

    @Test
    void shouldStayTheOnlyVoterWhateverIsConfigured() throws Exception {
        VoterSet three = VoterSet.of(List.of(voter(1), voter(2), voter(3)));

        OneVoter voter = new OneVoter(files, DIR, 4096, OneVoter.NO_SNAPSHOTS, three).begin();

        assertThat(voter.log().isActive()).isTrue();
        assertThat(voter.log().voters().ids()).containsExactly(1);
    }

    @Test
    void shouldNeverBeginAloneWhereSeveralVotersAreConfigured() throws Exception {
        InMemoryLogFiles fresh = new InMemoryLogFiles();
        VoterSet three = VoterSet.of(List.of(voter(1), voter(2), voter(3)));
        OneVoter voter = new OneVoter(fresh, DIR, 4096, OneVoter.NO_SNAPSHOTS, three).begin();

        for (int i = 0; i < 1_000; i++) {
            voter.now += 100;
            voter.log().tick();
            voter.run();
        }

        assertThat(voter.log().isActive()).isFalse();
        assertThat(voter.log().nextOffset()).isZero();
        assertThat(voter.commit(new TopicRecord("t", new Uuid(7, 9)))).isEqualTo(Errors.NOT_CONTROLLER);
    }

    private static java.nio.ByteBuffer leaderChange(long offset, int epoch) {
        return MetadataBatches.encode(
                new LogBatch(offset, offset + 1, epoch, new LogBatch.LeaderChange(1, List.of(1), List.of(1))), NOW);
    }

    private static Voter voter(int id) {
        return new Voter(ReplicaKey.of(id), List.of());
    }
}
