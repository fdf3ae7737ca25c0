package dev.weir.storage;

import java.util.List;

/**
 * The repairs that opening a log made.
 *
 * @param bytesCut bytes removed from the end of the log because they were torn, zero-filled or corrupt
 * @param notes one line for each repair, for the operator
 */
public record RecoveryReport(long bytesCut, List<String> notes) {}
