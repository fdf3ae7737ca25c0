package dev.weir.controller.log;

import dev.weir.metadata.ClusterImage;

/** The driver's rules with one of them broken. */
final class MistakenDriverRules extends DriverRules {
    private final DriverMistake mistake;

    MistakenDriverRules(DriverMistake mistake) {
        this.mistake = mistake;
    }

    @Override
    long releasedEnd(long highWatermark, long decidedEnd) {
        return mistake == DriverMistake.RELEASED_BEFORE_COMMIT ? decidedEnd : highWatermark;
    }

    @Override
    ClusterImage snapshotted(ClusterImage committed, ClusterImage decided) {
        return mistake == DriverMistake.SNAPSHOT_OF_THE_UNCOMMITTED ? decided : committed;
    }

    @Override
    boolean isCommitted(boolean alone) {
        return alone || mistake == DriverMistake.LOG_COMMITTED_AT_START;
    }

    @Override
    boolean fallsBack() {
        return mistake != DriverMistake.CONTROLLER_KEEPS_THE_UNCOMMITTED;
    }

    @Override
    long synced(long completed, long target) {
        return mistake == DriverMistake.SYNC_BEFORE_TRUNCATION_TOLD ? target : completed;
    }

    @Override
    boolean endsAfterFailedSync() {
        return mistake != DriverMistake.FAILED_SYNC_TAKEN_FOR_ONE;
    }

    @Override
    boolean missesLostRecords() {
        return mistake != DriverMistake.LOST_RECORDS_NOT_MISSED;
    }

    @Override
    boolean joinsLogToSnapshot() {
        return mistake != DriverMistake.LOG_NOT_JOINED_TO_SNAPSHOT;
    }
}
