package dev.weir.network;

import dev.weir.protocol.FileBytes;
import dev.weir.protocol.ResponsePlan;
import dev.weir.protocol.ResponsePlan.Splice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.UnalignedMemoryRecords;

/** Puts one response on the wire: encoded bytes from a pooled buffer, record bytes from their files. */
final class ReplyWriter {
    private ReplyWriter() {}

    /**
     * Writes without flushing; the future is that of the response's last byte. From here on the channel owns the files; when
     * this throws, nothing was written and the caller still owns them.
     */
    static ChannelFuture write(ChannelHandlerContext ctx, ResponsePlan plan) {
        int size = plan.encodedBytes();
        ByteBuf encoded = ctx.alloc().directBuffer(size, size);
        List<Splice> splices;
        try {
            splices = plan.encode(encoded.internalNioBuffer(0, size));
            encoded.writerIndex(size);
            splices.forEach(splice -> requireSendable(splice.records()));
        } catch (RuntimeException e) {
            encoded.release();
            throw e;
        }
        for (Splice splice : splices) {
            int part = splice.at() - encoded.readerIndex();
            if (part > 0) {
                ctx.write(encoded.readRetainedSlice(part), ctx.voidPromise());
            }
            ctx.write(region(splice.records()), ctx.voidPromise());
        }
        return ctx.write(encoded);
    }

    private static Object region(BaseRecords records) {
        if (records instanceof FileBytes file) {
            return new SlicedRegion(file);
        }
        ByteBuffer bytes =
                records instanceof UnalignedMemoryRecords part ? part.buffer() : ((MemoryRecords) records).buffer();
        return Unpooled.wrappedBuffer(bytes);
    }

    private static void requireSendable(BaseRecords records) {
        if (!(records instanceof FileBytes
                || records instanceof MemoryRecords
                || records instanceof UnalignedMemoryRecords)) {
            throw new IllegalArgumentException(
                    "cannot send " + records.getClass().getName());
        }
    }
}
