package dev.weir.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.kafka.common.network.TransferableChannel;
import org.apache.kafka.common.record.internal.RecordsSend;

/** Sends a slice through one of Kafka's own channels: zero copy where there is a file channel. */
final class FileSliceSend extends RecordsSend<FileSlice> {
    private static final int CHUNK = 64 * 1024;

    FileSliceSend(FileSlice slice) {
        super(slice, slice.sizeInBytes());
    }

    @Override
    protected int writeTo(TransferableChannel channel, int previouslyWritten, int remaining) throws IOException {
        FileSlice slice = records();
        int count = Math.min(remaining, slice.sizeInBytes() - previouslyWritten);
        FileChannel file = slice.channel();
        if (file != null) {
            return (int) channel.transferFrom(file, (long) slice.position() + previouslyWritten, count);
        }
        ByteBuffer chunk = ByteBuffer.allocate(Math.min(count, CHUNK));
        if (slice.read(chunk, previouslyWritten) < 0) {
            throw new EOFException("slice ends early");
        }
        return channel.write(chunk.flip());
    }
}
