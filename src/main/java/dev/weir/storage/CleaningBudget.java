package dev.weir.storage;

/**
 * The memory that one compaction may use.
 *
 * @param dedupeBytes the most memory of the key map, {@code log.cleaner.dedupe.buffer.size}; less is used for fewer records
 * @param loadFactor how full the key map may become, {@code log.cleaner.io.buffer.load.factor}: above 0, at most 1
 * @param ioBytes of both I/O buffers together, {@code log.cleaner.io.buffer.size}
 */
public record CleaningBudget(long dedupeBytes, double loadFactor, int ioBytes) {}
