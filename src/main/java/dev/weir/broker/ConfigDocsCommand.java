package dev.weir.broker;

import dev.weir.config.ConfigDocs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the reference of all settings. */
@Command(
        name = "config-docs",
        mixinStandardHelpOptions = true,
        versionProvider = WeirVersion.class,
        description = "Writes the reference of all settings as Markdown.")
final class ConfigDocsCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Where to write; the standard output if left out.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("the command was not made by picocli");
        }
        if (file == null) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(ConfigDocs.markdown());
            out.flush();
            return 0;
        }
        try {
            Files.writeString(file, ConfigDocs.markdown());
            return 0;
        } catch (IOException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("weir: " + file + " can't be written: " + e);
            err.flush();
            return 1;
        }
    }
}
