package dev.weir.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.storage.FileSlice;
import dev.weir.storage.OpenOptions;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.ReadResult;
import dev.weir.storage.TestLogs;
import dev.weir.storage.producer.ProducerStateHook;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.network.ByteBufferSend;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The port over the disk, and slices of real files. */
@NullUnmarked
class RealLogFilesTest {
    @TempDir
    Path root;

    private final RealLogFiles files = new RealLogFiles();

    @Test
    void shouldWriteGatheredAtAnyPosition() throws Exception {
        // given
        ByteBuffer[] buffers = new ByteBuffer[1500];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = ByteBuffer.wrap(new byte[] {(byte) i, (byte) (i >> 8)});
        }

        // when
        try (LogFile file = files.create(root.resolve("a"))) {
            file.write(new ByteBuffer[] {ByteBuffer.wrap(new byte[] {1, 2, 3})}, 1, 0);
            file.write(buffers, buffers.length, 3);
            file.write(new ByteBuffer[] {ByteBuffer.wrap(new byte[] {9})}, 1, 1);
            file.force();
        }

        // then
        byte[] content = Files.readAllBytes(root.resolve("a"));
        assertThat(content).hasSize(3003).startsWith(1, 9, 3, 0, 0, 1, 0);
        assertThat(content[3002]).isEqualTo((byte) (1499 >> 8));
    }

    @Test
    void shouldTellMissingFiles() {
        assertThatThrownBy(() -> files.open(root.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> files.size(root.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void shouldListRenameAndSync() throws Exception {
        // given
        files.create(root.resolve("b")).close();
        files.create(root.resolve("a")).close();

        // when
        files.rename(root.resolve("a"), root.resolve("b"));
        files.syncDirectory(root);

        // then
        assertThat(files.list(root)).containsExactly("b");
        assertThat(files.list(root.resolve("none"))).isEmpty();
    }

    @Test
    void shouldSendSlicesThroughAKafkaChannel() throws Exception {
        // given
        OpenFileCache cache = new OpenFileCache(files, 8);
        PartitionLog log = PartitionLog.open(
                cache,
                root.resolve("orders-3"),
                TestLogs.PARTITION,
                TestLogs.config(),
                OpenOptions.fresh(0),
                ProducerStateHook.NONE);
        for (int i = 0; i < 20; i++) {
            log.stage(TestLogs.batch(i, 1, 200, i, 0), 0, 0);
        }
        log.write();
        ReadResult result = log.read(5, 1500, log.logEndOffset(), true);
        assertThat(result.error()).isEqualTo(Errors.NONE);
        FileSlice slice = result.slice();
        assertThat(slice.channel()).isNotNull();
        assertThat(slice.path()).isEqualTo(root.resolve("orders-3/00000000000000000000.log"));

        // when
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        WritableByteChannel channel = Channels.newChannel(out);
        Objects.requireNonNull(slice.channel()).transferTo(slice.position(), slice.sizeInBytes(), channel);

        // then
        assertThat(ByteBuffer.wrap(out.toByteArray())).isEqualTo(slice.toBuffer());
        assertThat(TestLogs.offsets(slice.toBuffer())).startsWith(5L);
        assertThat(ByteBufferSend.sizePrefixed(slice.toBuffer()).size()).isEqualTo(4L + slice.sizeInBytes());
    }

    @Test
    void shouldKeepAnEvictedFileOpenForItsSlice() throws Exception {
        // given
        OpenFileCache cache = new OpenFileCache(files, 8);
        List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            PartitionLog log = PartitionLog.open(
                    cache,
                    root.resolve("t-" + i),
                    TestLogs.PARTITION,
                    TestLogs.config(),
                    OpenOptions.fresh(0),
                    ProducerStateHook.NONE);
            log.stage(TestLogs.batch(0, 1, 200, i, 0), 0, 0);
            log.write();
            logs.add(log);
        }
        FileSlice slice = logs.get(0).read(0, 1000, 1, true).slice();

        // when
        for (PartitionLog log : logs) {
            log.read(0, 1000, 1, true).slice().release();
            log.flush();
        }
        cache.closeAll();

        // then
        assertThat(slice.channel().isOpen()).isTrue();
        assertThat(TestLogs.offsets(slice.toBuffer())).containsExactly(0L);
        slice.release();
        assertThat(slice.channel().isOpen()).isFalse();
        assertThatThrownBy(slice::retain).isInstanceOf(IllegalStateException.class);
    }
}
