package dev.weir.network;

import dev.weir.protocol.FileBytes;
import io.netty.channel.DefaultFileRegion;

/** A file slice on its way out by sendfile: gives its hold on the segment back when sent or dropped, and closes nothing. */
final class SlicedRegion extends DefaultFileRegion {
    private final FileBytes bytes;

    SlicedRegion(FileBytes bytes) {
        super(bytes.channel(), bytes.position(), bytes.sizeInBytes());
        this.bytes = bytes;
    }

    @Override
    protected void deallocate() {
        bytes.sent(transferred());
        bytes.release();
    }
}
