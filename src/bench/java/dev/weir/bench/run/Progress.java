package dev.weir.bench.run;

import java.io.PrintStream;
import java.util.Locale;

/** Prints what is going on, with the time since the start. */
public final class Progress {
    private final PrintStream out;
    private final long start = System.nanoTime();

    public Progress(PrintStream out) {
        this.out = out;
    }

    public void say(String format, Object... values) {
        long seconds = elapsedSeconds();
        out.printf(Locale.ROOT, "[%2d:%02d] ", seconds / 60, seconds % 60);
        out.printf(Locale.ROOT, format, values);
        out.println();
        out.flush();
    }

    public long elapsedSeconds() {
        return (System.nanoTime() - start) / 1_000_000_000L;
    }
}
