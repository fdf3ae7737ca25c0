package dev.weir.controller.log;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.OpenFileCache;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A broker that finds metadata of a version that it is too old for must say so, and must not start without it. */
class NewerMetadataTest {
    private static final Path DIR = Path.of("/data");
    private static final long NOW = 1_000_000L;
    private static final int EPOCH = 1;

    private final InMemoryLogFiles files = new InMemoryLogFiles();

    @Test
    void shouldRefuseALogWithARecordOfANewerMetadataVersion() throws Exception {
        // given
        MetadataLogStore store = store();
        store.append(NewerMetadata.batch(0, EPOCH), NOW);

        // then
        assertThatThrownBy(() -> recover(store))
                .isInstanceOf(MetadataLogException.class)
                .hasMessageContaining("type 99, version 7")
                .hasMessageContaining("newer metadata version");
    }

    @Test
    void shouldNotTakeASnapshotOfANewerMetadataVersionForADamagedOne() throws Exception {
        // given
        MetadataLogStore store = store();
        SnapshotId id = new SnapshotId(8, EPOCH);
        store.files().writeSnapshot(id, NewerMetadata.snapshot(EPOCH));

        // then
        assertThatThrownBy(() -> recover(store))
                .isInstanceOf(MetadataLogException.class)
                .hasMessageContaining(id.fileName())
                .hasMessageContaining("type 99, version 7")
                .hasMessageContaining("newer metadata version");
    }

    private MetadataLogStore store() throws Exception {
        return MetadataLogStore.open(LogDirectory.open(files, DIR), new OpenFileCache(files, 8), 4096, NOW);
    }

    private static void recover(MetadataLogStore store) throws Exception {
        VoterSet alone = VoterSet.of(List.of(new Voter(OneVoter.ME, List.of())));
        new LogRecovery(store, "cluster", OneVoter.ME, alone, new DriverRules()).run(NOW);
    }
}
