package dev.weir.storage;

import java.util.List;

/**
 * What opening a log found and repaired.
 *
 * @param segmentsChecked segments read through, batch by batch with checksums
 * @param bytesChecked bytes of those segments
 * @param indexesRebuilt index files that were missing or broken and were made anew from the log
 * @param bytesCut bytes removed from the end of the log because they were torn, zero-filled or corrupt
 * @param notes one line for each repair, for the operator
 */
public record RecoveryReport(
        int segmentsChecked, long bytesChecked, int indexesRebuilt, long bytesCut, List<String> notes) {}
