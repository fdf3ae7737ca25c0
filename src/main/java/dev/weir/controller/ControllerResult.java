package dev.weir.controller;

import dev.weir.metadata.record.MetadataRecord;
import java.util.List;

/**
 * A decision: the records that make it so and the answer to whoever asked. Nothing has changed yet; the records are to be
 * committed in one batch, then replayed, and only then is the answer sent.
 *
 * @param records in order; empty where nothing changes
 * @param response the answer, its error codes set
 * @param <R> the type of the answer
 */
public record ControllerResult<R>(List<MetadataRecord> records, R response) {
    /** The most records of one decision; what would take more is refused. */
    public static final int MAX_RECORDS = 10_000;

    public ControllerResult {
        records = List.copyOf(records);
    }

    static <R> ControllerResult<R> unchanged(R response) {
        return new ControllerResult<>(List.of(), response);
    }

    /** The same answer without the change, as for a request that only validates. */
    ControllerResult<R> withoutRecords() {
        return unchanged(response);
    }
}
