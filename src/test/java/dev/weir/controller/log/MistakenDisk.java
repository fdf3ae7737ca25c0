package dev.weir.controller.log;

import dev.weir.storage.file.InterceptedLogFiles;
import java.nio.file.Path;

/** What a broken driver would forget to do on its disk. */
final class MistakenDisk implements InterceptedLogFiles.Mistake {
    private final DriverMistake mistake;

    MistakenDisk(DriverMistake mistake) {
        this.mistake = mistake;
    }

    @Override
    public boolean forgetsForce(Path path) {
        return (mistake == DriverMistake.LOG_NOT_SYNCED && isLog(path))
                || (mistake == DriverMistake.QUORUM_STATE_NOT_SYNCED
                        && path.toString().contains("quorum-state"));
    }

    @Override
    public boolean forgetsRewrite(Path path) {
        return mistake == DriverMistake.UNSYNCED_TAIL_NOT_WRITTEN_ANEW && isLog(path);
    }

    private static boolean isLog(Path path) {
        return path.toString().endsWith(".log");
    }
}
