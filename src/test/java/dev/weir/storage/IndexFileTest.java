package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.SegmentFile;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Offset and time index over one file, with entries partly written and partly pending. */
class IndexFileTest {
    private static final Path PATH = Path.of("/data/orders-3/00000000000000001000.index");

    private final InMemoryLogFiles files = new InMemoryLogFiles();
    private final SegmentFile file = new SegmentFile(new OpenFileCache(files, 8), PATH);
    private final OffsetIndex index = new OffsetIndex(file, 1000);

    @BeforeEach
    void createFile() throws Exception {
        index.entries().reset();
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "700", "1500", "2000"})
    void shouldFindTheFloorWhereverTheEntriesAre(int written) throws Exception {
        // given
        for (int i = 1; i <= 2000; i++) {
            index.append(1000 + i * 10L, i * 100);
            if (i == written) {
                index.entries().flush();
            }
        }

        // when, then
        assertThat(index.floorOffset(1000)).isEqualTo(new OffsetIndex.Entry(1000, 0));
        assertThat(index.floorOffset(1009)).isEqualTo(new OffsetIndex.Entry(1000, 0));
        for (int i = 1; i <= 2000; i += 37) {
            assertThat(index.floorOffset(1000 + i * 10L)).isEqualTo(new OffsetIndex.Entry(1000 + i * 10L, i * 100));
            assertThat(index.floorOffset(1009 + i * 10L)).isEqualTo(new OffsetIndex.Entry(1000 + i * 10L, i * 100));
            assertThat(index.floorPosition(i * 100 + 99).position()).isEqualTo(i * 100);
        }
        assertThat(index.floorOffset(Long.MAX_VALUE).position()).isEqualTo(200_000);
        assertThat(index.floorPosition(99).position()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 15", "10, 15", "10, 5", "20, 5", "20, 0"})
    void shouldTruncateWrittenAndPendingEntries(int written, int kept) throws Exception {
        // given
        for (int i = 1; i <= 20; i++) {
            index.append(1000 + i, i * 100);
            if (i == written) {
                index.entries().flush();
            }
        }

        // when
        index.truncateTo(1001 + kept, Integer.MAX_VALUE);
        index.append(2000, 9999);
        index.entries().flush();

        // then
        assertThat(index.entries().entries()).isEqualTo(kept + 1);
        assertThat(files.content(PATH)).hasSize((kept + 1) * 8);
        assertThat(index.floorOffset(1999).offset()).isEqualTo(1000 + kept);
        assertThat(index.last()).isEqualTo(new OffsetIndex.Entry(2000, 9999));
        assertThat(new OffsetIndex(file, 1000).load(20_000)).isNull();
    }

    @Test
    void shouldKeepPendingEntriesWhenTheDiskIsFull() throws Exception {
        // given
        index.append(1001, 100);
        files.setCapacity(0);

        // when
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> index.entries().flush())
                .hasMessageContaining("No space");

        // then
        assertThat(index.last().offset()).isEqualTo(1001);
        files.setCapacity(1000);
        index.entries().flush();
        assertThat(files.content(PATH)).containsExactly(0, 0, 0, 1, 0, 0, 0, 100);
    }

    @Test
    void shouldTakeOnlyGrowingTimestamps() throws Exception {
        // given
        TimeIndex times = new TimeIndex(file, 1000);
        times.reset();

        // when
        times.append(50, 1005);
        times.append(50, 1010);
        times.append(40, 1020);
        times.append(60, 1030);

        // then
        assertThat(times.entries().entries()).isEqualTo(2);
        assertThat(times.floor(49)).isEqualTo(new TimeIndex.Entry(-1, 1000));
        assertThat(times.floor(59)).isEqualTo(new TimeIndex.Entry(50, 1005));
        assertThat(times.last()).isEqualTo(new TimeIndex.Entry(60, 1030));
        times.truncateTo(1030);
        times.append(55, 1040);
        assertThat(times.last()).isEqualTo(new TimeIndex.Entry(55, 1040));
    }
}
