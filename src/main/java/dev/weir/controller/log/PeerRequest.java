package dev.weir.controller.log;

import dev.weir.quorum.QuorumAnswer;
import org.apache.kafka.common.protocol.Errors;

/** A peer's request that waits for its answer. Exactly one of the two is called, once, on the driver's thread. */
public interface PeerRequest {
    /** The answer. */
    void answered(QuorumAnswer answer);

    /** There is no answer, since this replica's disk has failed or it stops. */
    void failed(Errors error);
}
