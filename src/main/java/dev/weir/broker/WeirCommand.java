package dev.weir.broker;

import dev.weir.config.ConfigLoader;
import dev.weir.config.Loaded;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line: reads the settings and hands them to the broker. Parses only; it starts nothing by itself. */
@Command(
        name = "weir",
        versionProvider = WeirVersion.class,
        mixinStandardHelpOptions = true,
        subcommands = ConfigDocsCommand.class,
        description = "Starts a Weir broker. Without options it serves the Kafka protocol on localhost:9092 and HTTP on"
                + " localhost:8080 and keeps its data in ./data.",
        footer = {
            "",
            "Settings are taken from the file, then from environment variables such as WEIR_LOG_DIRS for log.dirs,"
                    + " then from --set; later ones win."
        })
final class WeirCommand implements Callable<Integer> {
    private static final int USAGE = 2;

    private final Map<String, String> environment;
    private final BrokerRunner runner;

    @Option(names = "--config", paramLabel = "FILE", description = "Read settings from a properties file.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Give one setting; may be repeated. `weir config-docs` lists all settings.")
    private List<String> assignments = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    private WeirCommand(Map<String, String> environment, BrokerRunner runner) {
        this.environment = environment;
        this.runner = runner;
    }

    /**
     * Does what the arguments say.
     *
     * @param environment the process's environment
     * @return the process's exit code: 0 for good, 1 for a start that failed, 2 for arguments that make no sense
     */
    static int execute(
            String[] args, Map<String, String> environment, BrokerRunner runner, PrintWriter out, PrintWriter err) {
        return new CommandLine(new WeirCommand(environment, runner))
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
        if (spec == null) {
            throw new IllegalStateException("the command was not made by picocli");
        }
        PrintWriter err = spec.commandLine().getErr();
        Loaded loaded = ConfigLoader.load(file, environment, assignments);
        int code = 1;
        if (loaded instanceof Loaded.Accepted accepted) {
            accepted.warnings().forEach(warning -> err.println("weir: warning: " + warning));
            err.flush();
            code = runner.run(accepted.config());
        } else if (loaded instanceof Loaded.Rejected rejected) {
            err.println("weir: " + rejected.problem());
        }
        err.flush();
        return code;
    }
}
