package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers whose links to each other break, while clients reach each of them and change topics all the time. Whatever breaks,
 * no epoch has two controllers, and what was acknowledged is there afterwards.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutLinksIT {
    private static final long MINUTES = Long.getLong("weir.it.torture.minutes", 0);
    private static final long SEED = Long.getLong("weir.it.torture.seed", 1);
    private static final List<Integer> IDS = List.of(1, 2, 3);
    private static final Pattern LED = Pattern.compile("metadata quorum is in epoch (\\d+), (?:led by (\\d+))?");

    private final TopicLedger ledger = new TopicLedger();
    private Path home;
    private Links links;
    private Cluster cluster;
    private MetadataChecker checker;
    private MetadataLoad load;

    @BeforeAll
    void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        home = directory;
        links = new Links(IDS);
        cluster = Cluster.startBehind(links, IDS, home);
        checker = new MetadataChecker(cluster, ledger);
        load = MetadataLoad.start(cluster, ledger, checker, 1);
    }

    @AfterAll
    void stop() throws Exception {
        links.mend();
        if (load != null) {
            load.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        links.close();
    }

    @Test
    void shouldElectAnotherControllerIfTheFirstIsCutOffAndLoseNothingThatItAnswered() {
        int first = controller();
        List<Integer> others = others(first);
        long from = System.currentTimeMillis();

        others.forEach(other -> links.cut(first, other));

        assertThatAnotherDecides(first);
        assertThatNothingIsLost(from);
    }

    @Test
    void shouldElectAnotherControllerIfTheFirstIsNotHeard() {
        int first = controller();
        List<Integer> others = others(first);
        long from = System.currentTimeMillis();

        others.forEach(other -> links.hold(first, other));

        assertThatAnotherDecides(first);
        assertThatNothingIsLost(from);
    }

    @Test
    void shouldElectAnotherControllerIfTheFirstHearsNobody() {
        int first = controller();
        List<Integer> others = others(first);
        long from = System.currentTimeMillis();

        others.forEach(other -> links.hold(other, first));

        assertThatAnotherDecides(first);
        assertThatNothingIsLost(from);
    }

    @Test
    void shouldGoOnDecidingWhileALinkOfTheControllerComesAndGoes() {
        int controller = controller();
        int away = others(controller).get(0);
        int other = others(controller).get(1);
        int epoch = epoch(other);
        long from = System.currentTimeMillis();

        for (int i = 0; i < 8; i++) {
            links.cut(controller, away);
            Pause.millis(250);
            Await.until(() -> creates(other));
            links.mend();
            Pause.millis(150);
        }

        assertThat(epoch(other) - epoch).isLessThan(4);
        assertThatNothingIsLost(from);
    }

    @Test
    void shouldGoOnDecidingIfTwoThatFollowDoNotReachEachOther() {
        int controller = controller();
        List<Integer> others = others(controller);
        long from = System.currentTimeMillis();

        links.cut(others.get(0), others.get(1));
        links.delay(controller, others.get(0), 100);

        others.forEach(other -> Await.until(() -> creates(other)));
        assertThatNothingIsLost(from);
    }

    /** Only for as long as {@code -Dweir.it.torture.minutes=N} says; {@code -Dweir.it.torture.seed=N} does something else. */
    @Test
    void shouldLoseNothingWhileLinksBreakAtRandom() {
        assumeTrue(MINUTES > 0, "skipped: give -Dweir.it.torture.minutes");
        Random random = new Random(SEED);
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        while (System.nanoTime() < end) {
            long from = System.currentTimeMillis();
            for (int broken = 1 + random.nextInt(4); broken > 0; broken--) {
                breakAny(random);
                Pause.millis(random.nextInt(3_000));
            }
            int killed = 1 + random.nextInt(6);
            if (IDS.contains(killed)) {
                cluster.broker(killed).kill();
                cluster.broker(killed).relaunch();
            }
            assertThatNothingIsLost(from);
        }
    }

    private void breakAny(Random random) {
        int one = 1 + random.nextInt(3);
        int other = 1 + (one + random.nextInt(2)) % 3;
        int how = random.nextInt(4);
        checker.note("links " + one + " " + other + " " + how);
        switch (how) {
            case 0 -> links.cut(one, other);
            case 1 -> links.hold(one, other);
            case 2 -> links.delay(one, other, random.nextInt(600));
            default -> others(one).forEach(each -> links.cut(one, each));
        }
    }

    /** The first stops to be a controller by itself, since nobody can tell it. */
    private void assertThatAnotherDecides(int first) {
        for (int other : others(first)) {
            Await.until(() -> leader(other) > 0 && leader(other) != first);
            Await.until(() -> creates(other));
        }
        Await.until(() -> leader(first) != first);
        assertThat(creates(first)).isFalse();
    }

    private void assertThatNothingIsLost(long downFrom) {
        links.mend();
        IDS.forEach(load::settle);
        IDS.forEach(id -> checker.wasDown(id, downFrom));
        load.whileQuiet(checker::checkImages);
        checker.checkLogs();
        assertThat(checker.faults())
                .as("logs in %s: %s %s", home, checker.story(), load.outcomes())
                .isEmpty();
    }

    private boolean creates(int through) {
        try {
            CreatableTopicResult made = load.create(through, load.newName("cut"), 1);
            return made.errorCode() == Errors.NONE.code();
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** The active controller, once every broker agrees. */
    private int controller() {
        Await.until(() -> leader(1) > 0 && leader(1) == leader(2) && leader(2) == leader(3));
        PartitionData quorum = cluster.topicClient(leader(1)).quorum();
        checker.described(quorum);
        return quorum.leaderId();
    }

    private static List<Integer> others(int id) {
        return IDS.stream().filter(other -> other != id).toList();
    }

    /** Who leads the quorum, as this broker has logged last; -1 for nobody. */
    private int leader(int id) {
        String found = lastLed(id, 2);
        return found == null ? -1 : Integer.parseInt(found);
    }

    private int epoch(int id) {
        return Integer.parseInt(lastLed(id, 1));
    }

    private String lastLed(int id, int group) {
        String found = null;
        for (Matcher led = LED.matcher(cluster.broker(id).log()); led.find(); ) {
            found = led.group(group);
        }
        return found;
    }
}
