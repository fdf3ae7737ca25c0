package dev.weir.broker;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Plays a broker's life in small, once. */
@Command(
        name = "rehearse",
        mixinStandardHelpOptions = true,
        versionProvider = WeirVersion.class,
        description =
                "Starts a broker on free ports in a temporary directory, writes and reads through it, and stops it."
                        + " With -XX:ArchiveClassesAtExit=FILE given to java, FILE holds the classes of a start, and"
                        + " -XX:SharedArchiveFile=FILE halves the time of the next ones.")
final class RehearseCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("the command was not made by picocli");
        }
        try {
            Rehearsal.run();
            return 0;
        } catch (StartFailure | IOException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("weir: " + e.getMessage());
            err.flush();
            return 1;
        }
    }
}
