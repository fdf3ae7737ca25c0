package dev.weir.quorum;

/** The state of a controller in the simulation: it depends on every record and on their order. */
record Image(long endOffset, long hash) {
    static final Image EMPTY = new Image(0, 7);

    Image with(LogBatch batch) {
        return new Image(batch.endOffset(), hash * 31 + batch.content().hashCode() + batch.baseOffset());
    }

    /** A client's command. */
    record Command(long value) implements LogBatch.Data {}
}
