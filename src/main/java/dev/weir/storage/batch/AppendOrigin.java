package dev.weir.storage.batch;

/** Who wrote a batch that is about to be appended by a leader; it decides what the batch may hold. */
public enum AppendOrigin {
    /** A producer, over the network: no control batch, full sequence checks. */
    CLIENT,
    /** A part of this broker (group or transaction coordinator, controller): control batches, no sequence check. */
    COORDINATOR,
    /** The leader of this partition: what it accepted is taken as it is. */
    REPLICATION
}
