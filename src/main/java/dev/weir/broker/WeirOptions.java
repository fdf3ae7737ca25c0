package dev.weir.broker;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the command line may hold, for picocli, which also writes the help and names mistakes. */
@Command(
        name = "weir",
        versionProvider = WeirVersion.class,
        mixinStandardHelpOptions = true,
        subcommands = {ConfigDocsCommand.class, RehearseCommand.class},
        description = "Starts a Weir broker. Without options it serves the Kafka protocol on localhost:9092 and HTTP on"
                + " localhost:8080 and keeps its data in ./data.",
        footer = {
            "",
            "Settings are taken from the file, then from --set, then from environment variables such as WEIR_LOG_DIRS for"
                    + " log.dirs; later ones win."
        })
final class WeirOptions implements Callable<Integer> {
    private static final int USAGE = 2;

    private final BrokerLaunch launch;

    @Option(names = "--config", paramLabel = "FILE", description = "Read settings from a properties file.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Give one setting; may be repeated. The command config-docs lists all settings.")
    private List<String> assignments = List.of();

    private WeirOptions(BrokerLaunch launch) {
        this.launch = launch;
    }

    /**
     * Does what the arguments say.
     *
     * @return the process's exit code: 2 for arguments that make no sense, else what the command gives
     */
    static int execute(String[] args, BrokerLaunch launch, PrintWriter out, PrintWriter err) {
        return new CommandLine(new WeirOptions(launch))
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((e, arguments) -> {
                    err.println("weir: " + e.getMessage() + "; try --help");
                    err.flush();
                    return USAGE;
                })
                .execute(args);
    }

    @Override
    public Integer call() {
        return launch.run(new StartArguments(file, assignments));
    }
}
