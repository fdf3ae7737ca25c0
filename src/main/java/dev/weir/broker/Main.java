package dev.weir.broker;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The entry point of the broker process. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Logging.configure();
        PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
        PrintWriter err = new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8));
        System.exit(WeirCommand.execute(args, System.getenv(), new BrokerProcess(err), out, err));
    }
}
