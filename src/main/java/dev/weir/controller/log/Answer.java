package dev.weir.controller.log;

import org.apache.kafka.common.protocol.Errors;

/** Whoever waits for a decision. Exactly one of the two is called, once, on the log's thread. */
public interface Answer {
    /** The decision is committed, and published. */
    void committed();

    /**
     * There is no answer: either nothing was decided, or it is unclear whether the decision will be committed.
     *
     * @param error NOT_CONTROLLER if another replica leads, KAFKA_STORAGE_ERROR if this one's disk has failed
     */
    void failed(Errors error);
}
