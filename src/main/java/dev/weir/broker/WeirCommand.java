package dev.weir.broker;

import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line: reads the settings and hands them to the broker.
 *
 * <p>A plain start doesn't load picocli, whose classes would be a large part of the time that it takes.
 */
final class WeirCommand {
    private WeirCommand() {}

    /**
     * Does what the arguments say.
     *
     * @param environment the process's environment
     * @return the process's exit code: 0 for good, 1 for a start that failed, 2 for arguments that make no sense
     */
    static int execute(
            String[] args, Map<String, String> environment, BrokerRunner runner, PrintWriter out, PrintWriter err) {
        BrokerLaunch launch = new BrokerLaunch(environment, runner, err);
        @Nullable StartArguments plain = StartArguments.read(args);
        return plain != null ? launch.run(plain) : WeirOptions.execute(args, launch, out, err);
    }
}
