package dev.weir.storage.file;

import dev.weir.storage.directory.DirectoryHealth;
import java.io.IOException;
import java.util.Locale;

/**
 * The disk refused: an operation on a log failed and was undone. The log stays consistent and can be tried again when the
 * disk has recovered; the log directory should meanwhile be treated as read-only (see {@link DirectoryHealth}).
 */
public final class LogIoException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What the disk complained of. */
    public enum Cause {
        /** No space left, or a quota is used up (ENOSPC, EDQUOT). */
        NO_SPACE,
        /** Anything else (EIO, EROFS, …). */
        IO_ERROR
    }

    private final Cause kind;

    public LogIoException(String message, IOException cause) {
        super(message + ": " + cause.getMessage(), cause);
        this.kind = kindOf(cause);
    }

    public Cause kind() {
        return kind;
    }

    private static Cause kindOf(IOException e) {
        if (e instanceof LogIoException known) {
            return known.kind;
        }
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota") ? Cause.NO_SPACE : Cause.IO_ERROR;
    }
}
