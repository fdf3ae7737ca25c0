package dev.weir.it;

import dev.weir.it.PartitionLedger.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A member in a process of its own, which says what it is given and what it gives up, in the words of kcat. */
final class OutsideMember implements ChurnMember {
    private static final Pattern SAYS = Pattern.compile("(assigned|revoked): (.*)");
    private static final Pattern NUMBER = Pattern.compile("\\[(\\d+)\\]");
    private static final long PATIENCE_SECONDS = 30;

    private final String name;
    private final List<String> command;
    private final PartitionLedger ledger;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final List<String> said = new ArrayList<>();
    private Process process;
    private volatile boolean ending;

    OutsideMember(String name, PartitionLedger ledger, List<String> command) {
        this.name = name;
        this.ledger = ledger;
        this.command = command;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void join() {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ledger.watch(this);
    }

    @Override
    public void leave() {
        ending = true;
        // Not Process.destroy, which closes the pipe that is still to be read.
        process.toHandle().destroy();
        awaitEnd();
        ledger.died(this);
    }

    @Override
    public void kill() {
        ending = true;
        process.toHandle().destroyForcibly();
        awaitEnd();
        ledger.died(this);
    }

    /**
     * What it has said since this was last asked.
     *
     * @throws AssertionError if it has ended without being asked to
     */
    List<Event> newEvents() {
        List<Event> events = new ArrayList<>();
        boolean ended = !process.isAlive();
        try {
            InputStream in = process.getInputStream();
            while (in.available() > 0) {
                int next = in.read();
                if (next == '\n') {
                    said.add(line.toString(StandardCharsets.UTF_8));
                    Matcher says = SAYS.matcher(said.get(said.size() - 1));
                    if (says.find()) {
                        events.add(event(says.group(1), says.group(2)));
                    }
                    line.reset();
                } else {
                    line.write(next);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (ended && !ending) {
            throw new AssertionError(this + " has ended with " + process.exitValue());
        }
        return events;
    }

    @Override
    public String toString() {
        return name + ", which said " + said;
    }

    private static Event event(String verb, String partitions) {
        Set<Integer> numbers = NUMBER.matcher(partitions)
                .results()
                .map(match -> Integer.parseInt(match.group(1)))
                .collect(Collectors.toSet());
        boolean assigned = verb.equals("assigned");
        return assigned || !numbers.isEmpty() ? new Event(assigned, numbers) : Event.GONE;
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(name + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
