package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Members of many kinds come, leave and die at random, and no partition ever has two owners. {@code -Dchurn.steps=N} does more
 * of it, {@code -Dchurn.seed=N} something else.
 */
class ChurnIT {
    private static final int STEPS = Integer.getInteger("churn.steps", 6);
    private static final long SEED = Long.getLong("churn.seed", 1);
    private static final int PARTITIONS = 6;
    private static final int MOST_MEMBERS = 5;
    private static final int SESSION_MS = 6_000;

    /** A death costs a session timeout, so only every so many steps. */
    private static final int STEPS_PER_DEATH = 6;

    @TempDir
    private static Path home;

    private static BrokerProcess broker;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.start(
                home,
                "group.initial.rebalance.delay.ms=100",
                "group.min.session.timeout.ms=" + SESSION_MS,
                "group.consumer.min.session.timeout.ms=" + SESSION_MS,
                "group.consumer.session.timeout.ms=" + SESSION_MS,
                "group.consumer.min.heartbeat.interval.ms=300",
                "group.consumer.heartbeat.interval.ms=300");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private enum Kind {
        EAGER,
        COOPERATIVE,
        CONSUMER,
        KCAT,
        JAVASCRIPT
    }

    @ParameterizedTest
    @CsvSource({"EAGER", "COOPERATIVE", "CONSUMER", "EAGER-KCAT-JAVASCRIPT", "CONSUMER-KCAT-JAVASCRIPT"})
    void shouldNeverLetTwoMembersOwnAPartition(String kinds) throws Exception {
        // given
        List<Kind> all = List.of(kinds.split("-")).stream().map(Kind::valueOf).toList();
        String topic = "churn-" + kinds.toLowerCase(java.util.Locale.ROOT);
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        Churn churn = new Churn(topic, all);

        // when
        try {
            all.forEach(churn::join);
            churn.settle();
            for (int step = 1; step <= STEPS; step++) {
                churn.step(step % STEPS_PER_DEATH == 0);
            }
            churn.settle();

            // then
            assertThat(churn.ledger.faults())
                    .as("seed %s: %s", SEED, churn.story)
                    .isEmpty();
        } finally {
            churn.endAll();
        }
    }

    private static final class Churn {
        private final Random random = new Random(SEED);
        private final PartitionLedger ledger = new PartitionLedger();
        private final List<ChurnMember> members = new ArrayList<>();
        private final List<String> story = new ArrayList<>();
        private final String topic;
        private final List<Kind> kinds;
        private int made;

        Churn(String topic, List<Kind> kinds) {
            this.topic = topic;
            this.kinds = kinds;
        }

        /** One thing happens; half of the time the next does not wait until the group has come to rest. */
        void step(boolean death) {
            if (death) {
                story.add("kill");
                members.remove(random.nextInt(members.size())).kill();
            } else if (members.size() > 1 && (members.size() == MOST_MEMBERS || random.nextBoolean())) {
                story.add("leave");
                members.remove(random.nextInt(members.size())).leave();
            } else {
                join(kinds.get(random.nextInt(kinds.size())));
            }
            if (members.isEmpty()) {
                join(kinds.get(0));
            }
            if (random.nextBoolean()) {
                settle();
            }
        }

        void join(Kind kind) {
            story.add("join " + kind);
            ChurnMember member = make(kind, kind + "-" + ++made);
            members.add(member);
            member.join();
        }

        /** Every partition has an owner, and every member has a part: there are fewer members than partitions. */
        void settle() {
            story.add("settle");
            try {
                Set<String> names = members.stream().map(ChurnMember::name).collect(Collectors.toSet());
                Await.until(
                        () -> ledger.isComplete(PARTITIONS) && ledger.owners().equals(names));
            } catch (ConditionTimeoutException e) {
                throw new AssertionError("seed " + SEED + " does not settle: " + story + ", " + ledger, e);
            }
        }

        void endAll() {
            members.forEach(ChurnMember::leave);
        }

        private ChurnMember make(Kind kind, String name) {
            return switch (kind) {
                case EAGER -> java(name, "classic", "org.apache.kafka.clients.consumer.RangeAssignor");
                case COOPERATIVE ->
                    java(name, "classic", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
                case CONSUMER ->
                    new JavaMember(
                            name,
                            broker.bootstrap(),
                            topic,
                            ledger,
                            "group.id=" + topic,
                            "group.protocol=consumer",
                            "auto.offset.reset=earliest");
                case KCAT -> new OutsideMember(name, ledger, Kcat.member(broker.bootstrap(), topic, topic, SESSION_MS));
                case JAVASCRIPT ->
                    new OutsideMember(name, ledger, NodeJs.member(broker.bootstrap(), topic, topic, SESSION_MS));
            };
        }

        private JavaMember java(String name, String protocol, String assignor) {
            return new JavaMember(
                    name,
                    broker.bootstrap(),
                    topic,
                    ledger,
                    "group.id=" + topic,
                    "group.protocol=" + protocol,
                    "partition.assignment.strategy=" + assignor,
                    "auto.offset.reset=earliest",
                    "session.timeout.ms=" + SESSION_MS,
                    "heartbeat.interval.ms=300");
        }
    }
}
