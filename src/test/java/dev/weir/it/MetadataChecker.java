package dev.weir.it;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;

/**
 * Holds what the brokers of a cluster answer and log against what they promise: one controller for each epoch, the same metadata
 * everywhere, nothing acknowledged lost, nobody declared dead who lives. Safe on any thread.
 */
final class MetadataChecker {
    /** How long after its return a broker may still be reported dead by one who learned of it late. */
    private static final long GRACE_MS = 3_000;

    /** Vert.x logs it with a trace if a client connects while the listener closes; the client tries again. */
    private static final String ACCEPTED_WHILE_STOPPING = "Failed to register an accepted channel";

    private static final Pattern STAMPED = Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT");
    private static final Pattern LED = Pattern.compile("metadata quorum is in epoch (\\d+), led by (\\d+)");
    private static final Pattern DEAD = Pattern.compile("Found dead: broker (\\d+)|Broker (\\d+) has shown no life");
    private static final Pattern VARYING = Pattern.compile("/\\S*|\\[[^]]*]|incarnation [^)]*");

    private final Cluster cluster;
    private final TopicLedger ledger;
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final List<String> story = new CopyOnWriteArrayList<>();
    private final List<Down> downs = new CopyOnWriteArrayList<>();
    private final Map<Integer, Set<Integer>> controllers = new ConcurrentHashMap<>();

    MetadataChecker(Cluster cluster, TopicLedger ledger) {
        this.cluster = cluster;
        this.ledger = ledger;
    }

    private record Down(int broker, long from, long to) {}

    /** What was found to be wrong. */
    List<String> faults() {
        return faults;
    }

    /** What has happened, in order. */
    List<String> story() {
        return story;
    }

    void fault(String what) {
        faults.add(what);
    }

    /** Adds to the story; {@code -Dweir.it.torture.story=FILE} keeps it. */
    void note(String what) {
        String line = Instant.now() + " " + what;
        story.add(line);
        String out = System.getProperty("weir.it.torture.story");
        if (out != null) {
            try {
                Files.writeString(Path.of(out), line + "\n", CREATE, APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A broker could not show life from {@code fromMs} on, by the wall clock, and can again. */
    void wasDown(int broker, long fromMs) {
        downs.add(new Down(broker, fromMs, System.currentTimeMillis()));
    }

    /** Takes in what a broker has answered about the quorum. */
    void described(PartitionData quorum) {
        if (quorum.leaderId() >= 0) {
            leads(quorum.leaderEpoch(), quorum.leaderId());
        }
    }

    private void leads(int epoch, int leader) {
        Set<Integer> all = controllers.computeIfAbsent(epoch, any -> ConcurrentHashMap.newKeySet());
        if (all.add(leader) && all.size() > 1) {
            faults.add("epoch " + epoch + " has the leaders " + new TreeSet<>(all));
        }
    }

    /** All brokers come to show the same, and it is what was acknowledged. Nobody may change anything meanwhile. */
    void checkImages() {
        Set<Map<String, TopicLedger.Shown>> views = new HashSet<>();
        long until = System.nanoTime() + 30_000_000_000L;
        do {
            Pause.millis(50);
            views.clear();
            cluster.ids().forEach(id -> views.add(cluster.topicClient(id).topics()));
        } while (views.size() > 1 && System.nanoTime() < until);
        if (views.size() > 1) {
            faults.add("brokers show different images: " + views);
        }
        for (Map<String, TopicLedger.Shown> view : views) {
            faults.addAll(ledger.compare(view));
        }
    }

    /** Reads all that the brokers have logged. */
    void checkLogs() {
        Map<String, Integer> warnings = new TreeMap<>();
        for (int id : cluster.ids()) {
            String head = "";
            String before = "";
            for (String line : cluster.broker(id).log().split("\n")) {
                Matcher led = LED.matcher(line);
                if (led.find()) {
                    leads(Integer.parseInt(led.group(1)), Integer.parseInt(led.group(2)));
                }
                checkDeath(id, line);
                boolean trace = line.startsWith("\tat ") && !before.startsWith("\tat ");
                if ((trace && !head.contains(ACCEPTED_WHILE_STOPPING)) || line.contains(" ERROR ")) {
                    faults.add("broker " + id + ": " + head + "\n" + line);
                }
                head = STAMPED.matcher(line).find() ? line : head;
                before = line;
                if (line.contains(" WARN ")) {
                    String kind = VARYING.matcher(line.substring(line.indexOf(" WARN ")))
                            .replaceAll("*")
                            .replaceAll("\\d+", "N");
                    warnings.merge(kind, 1, Integer::sum);
                }
            }
        }
        note(controllers.size() + " epochs, warnings " + warnings);
    }

    private void checkDeath(int id, String line) {
        Matcher dead = DEAD.matcher(line);
        if (!dead.find()) {
            return;
        }
        int of = Integer.parseInt(dead.group(1) == null ? dead.group(2) : dead.group(1));
        long at = Instant.parse(line.substring(0, line.indexOf(' '))).toEpochMilli();
        if (downs.stream().noneMatch(down -> down.broker == of && down.from <= at && at <= down.to + GRACE_MS)) {
            faults.add("false fencing, on broker " + id + ": " + line);
        }
    }
}
