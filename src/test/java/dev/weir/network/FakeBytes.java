package dev.weir.network;

import dev.weir.protocol.FileBytes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/** A range of a real file that counts how often it is released. */
final class FakeBytes implements FileBytes {
    private final FileChannel channel;
    private final int position;
    private final int size;
    int released;

    FakeBytes(Path file, int position, int size) throws IOException {
        this.channel = FileChannel.open(file);
        this.position = position;
        this.size = size;
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void release() {
        released++;
    }

    @Override
    public int sizeInBytes() {
        return size;
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException();
    }
}
