package dev.weir.broker;

import dev.weir.config.ConfigLoader;
import dev.weir.config.LoadResult;
import java.io.PrintWriter;
import java.util.Map;

/**
 * Reads the settings, tells the operator what is wrong with them, and runs the broker unless it must not start.
 *
 * @param environment the process's environment
 * @param runner runs the broker
 * @param err where warnings and problems go, one line each
 */
record BrokerLaunch(Map<String, String> environment, BrokerRunner runner, PrintWriter err) {
    /** The process's exit code: the broker's, or 1 if the settings don't allow a start. */
    int run(StartArguments arguments) {
        LoadResult loaded = ConfigLoader.load(arguments.file(), environment, arguments.assignments());
        int code = 1;
        if (loaded instanceof LoadResult.Accepted accepted) {
            accepted.warnings().forEach(warning -> err.println("weir: warning: " + warning));
            err.flush();
            code = runner.run(accepted.config());
        } else if (loaded instanceof LoadResult.Rejected rejected) {
            err.println("weir: " + rejected.problem());
        }
        err.flush();
        return code;
    }
}
