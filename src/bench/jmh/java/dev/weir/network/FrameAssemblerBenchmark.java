package dev.weir.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time to cut a megabyte that arrives in reads of 64 KiB into frames of one size. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameAssemblerBenchmark {
    private static final int STREAM_BYTES = 1 << 20;
    private static final int READ_BYTES = 64 << 10;
    private static final int MAX_FRAME_BYTES = 100 << 20;

    @Param({"200", "65536", "400000"})
    public int frameBytes;

    private final RequestMemory memory = new RequestMemory(MAX_FRAME_BYTES);
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new FrameAssembler(MAX_FRAME_BYTES, new FrameMemory(memory, memory), new Counter()));
    private ByteBuf stream;
    private long frames;

    @Setup
    public void fillStream() {
        int whole = Math.max(1, STREAM_BYTES / (Integer.BYTES + frameBytes));
        stream = PooledByteBufAllocator.DEFAULT.directBuffer(whole * (Integer.BYTES + frameBytes));
        for (int i = 0; i < whole; i++) {
            stream.writeInt(frameBytes).writeZero(frameBytes);
        }
    }

    @Benchmark
    public long cut() {
        for (int position = 0; position < stream.writerIndex(); position += READ_BYTES) {
            int size = Math.min(READ_BYTES, stream.writerIndex() - position);
            channel.pipeline().fireChannelRead(stream.retainedSlice(position, size));
        }
        channel.pipeline().fireChannelReadComplete();
        return frames;
    }

    @TearDown
    public void release() {
        stream.release();
        channel.finishAndReleaseAll();
    }

    private final class Counter implements FrameAssembler.FrameSink {
        @Override
        public void onFrame(ByteBuf frame, RequestMemory.Reservation reserved) {
            frames++;
            frame.release();
            reserved.release();
        }

        @Override
        public void onBadLength(int length, int maxFrameBytes) {
            throw new IllegalStateException("a length of " + length);
        }

        @Override
        public boolean takesMore() {
            return true;
        }

        @Override
        public void onHeld(Runnable more) {
            throw new IllegalStateException("frames are always taken");
        }

        @Override
        public void onMemoryWait(boolean waiting) {
            throw new IllegalStateException("out of memory for requests");
        }

        @Override
        public boolean isOfBroker() {
            return false;
        }

        @Override
        public void onLargeFrame(boolean underWay) {
            throw new IllegalStateException("a large frame of a broker");
        }

        @Override
        public void onReadComplete() {}
    }
}
