package dev.weir.quorum;

import java.nio.ByteBuffer;

/**
 * A response of KRaft with the bytes that travel beside it.
 *
 * @param response the response; a Fetch's has no batches in it, a FetchSnapshot's no data
 * @param bytes whole batches as they are in the log, or a part of a snapshot; empty for all other responses. Read only
 */
public record QuorumAnswer(QuorumResponse response, ByteBuffer bytes) {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** A response without bytes. */
    public static QuorumAnswer of(QuorumResponse response) {
        return new QuorumAnswer(response, NOTHING);
    }
}
