package dev.weir.partition;

import dev.weir.partition.SimReplica.Fetch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * One random life of a few partitions on three brokers: a seeded scheduler with its own time, a network that loses, doubles and
 * reorders requests for other ISRs and their answers, metadata that comes late, followers that come back without their tail.
 * {@link ReplicationOracle} checks every promise after every event. At the end the faults stop, and every replica must be in sync,
 * with no change pending.
 */
final class ReplicationSimulation {
    static final long LAG_MS = 200;
    private static final int CHAOS_MS = 4_000;
    private static final int CALM_MS = 4_000;
    private static final int ANSWER_MS = 150;
    private static final int REST_MS = 40;

    final ReplicationMistake mistake;
    final ReplicationOracle oracle = new ReplicationOracle();
    final Map<Integer, SimBroker> brokers = new TreeMap<>();
    final List<String> history = new ArrayList<>();
    final SimController controller;
    final int minIsr;
    boolean keepsHistory;
    boolean chaos = true;
    long now = 1_000_000;
    private final Random random;
    private final Set<Integer> partitions = new HashSet<>();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
    private final Set<String> cuts = new HashSet<>();
    private final Map<Integer, Long> newestImageMs = new HashMap<>();
    private final Map<Integer, Long> askedBy = new HashMap<>();
    private final ReplicationFaults faults;
    private final int lossPercent;
    private final int maxDelay;
    private final int slowOneOf;
    /** The broker that learns of the metadata later than others, 0 for none. */
    private final int lateBroker;

    private long order;
    private long values;
    private int published;

    private record Task(long at, long order, Runnable action) {}

    ReplicationSimulation(long seed, ReplicationMistake mistake) {
        this(seed, mistake, 1 + new Random(seed * 31).nextInt(2));
    }

    ReplicationSimulation(long seed, ReplicationMistake mistake, int minIsr) {
        random = new Random(seed);
        this.mistake = mistake;
        this.minIsr = minIsr;
        lossPercent = random.nextInt(4) * random.nextInt(4);
        maxDelay = 2 + random.nextInt(10) * random.nextInt(4);
        slowOneOf = 8 + random.nextInt(60);
        lateBroker = random.nextInt(4);
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            partitions.add(i);
        }
        controller = new SimController(
                Set.of(1, 2, 3),
                count,
                minIsr,
                random.nextBoolean(),
                mistake != ReplicationMistake.REFUSAL_ENDS_A_PROPOSAL);
        for (int id = 1; id <= 3; id++) {
            brokers.put(id, new SimBroker(id, count, this));
        }
        faults = new ReplicationFaults(this, random);
    }

    void run() {
        brokers.values().forEach(broker -> broker.start(controller.image()));
        brokers.values().forEach(this::tick);
        produce();
        faults.next();
        runUntil(now + CHAOS_MS);
        say("calm");
        chaos = false;
        cuts.clear();
        faults.mend();
        runUntil(now + CALM_MS);
        checkCalm();
    }

    void runUntil(long end) {
        while (!tasks.isEmpty() && tasks.peek().at() <= end) {
            Task task = tasks.remove();
            now = task.at();
            task.action().run();
            publish();
            brokers.values().stream().filter(broker -> broker.up).forEach(this::ask);
            oracle.check(controller, brokers, partitions);
        }
        now = end;
    }

    void later(long delayMs, Runnable action) {
        tasks.add(new Task(now + Math.max(0, delayMs), order++, action));
    }

    /** Something that only the present life of a broker does. */
    void later(SimBroker broker, long delayMs, Runnable action) {
        int life = broker.life;
        later(delayMs, () -> {
            if (broker.up && broker.life == life) {
                action.run();
            }
        });
    }

    void say(String what) {
        if (keepsHistory) {
            history.add(now + " " + what);
        }
    }

    /** Each broker learns of the metadata in order, at a time of its own. */
    private void publish() {
        SimImage image = controller.image();
        if (image.version() == published) {
            return;
        }
        published = image.version();
        say("metadata " + image);
        for (SimBroker broker : brokers.values()) {
            long late = chaos && broker.id == lateBroker ? random.nextInt(400) : 0;
            long at = Math.max(now + delay() + late, newestImageMs.getOrDefault(broker.id, 0L));
            newestImageMs.put(broker.id, at);
            later(broker, at - now, () -> {
                if (image.version() > broker.image.version()) {
                    broker.apply(image);
                }
            });
        }
    }

    private void tick(SimBroker broker) {
        later(10, () -> {
            if (broker.up) {
                broker.checkLag();
                broker.replicas.values().forEach(replica -> fetch(broker, replica));
            }
            tick(broker);
        });
    }

    private void produce() {
        later(1 + random.nextInt(chaos ? 25 : 200), () -> {
            List<SimBroker> all = List.copyOf(brokers.values());
            SimBroker broker = all.get(random.nextInt(all.size()));
            if (broker.up) {
                int partition = random.nextInt(partitions.size());
                boolean allReplicas = random.nextBoolean();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    broker.append(partition, ++values, allReplicas);
                }
            }
            if (chaos) {
                produce();
            }
        });
    }

    private void fetch(SimBroker follower, SimReplica replica) {
        if (replica.fetching) {
            return;
        }
        follower.fetch(replica).ifPresent(fetch -> {
            long fetchId = ++replica.fetchId;
            replica.fetching = true;
            later(follower, ANSWER_MS, () -> end(replica, fetchId));
            SimBroker leader = brokers.get(replica.state.leader());
            transmit(follower.id, leader.id, () -> answer(leader, follower, fetch, fetchId));
        });
    }

    private void answer(SimBroker leader, SimBroker follower, Fetch fetch, long fetchId) {
        if (!leader.up) {
            return;
        }
        SimBroker.Answer answer = leader.answer(fetch);
        say(leader.id + " answers " + fetch + " with " + answer);
        int life = follower.life;
        transmit(leader.id, follower.id, () -> {
            SimReplica replica = follower.replica(fetch.partition());
            if (follower.up && follower.life == life && replica.fetchId == fetchId && replica.fetching) {
                end(replica, fetchId);
                follower.take(replica, answer);
            }
        });
    }

    private static void end(SimReplica replica, long fetchId) {
        if (replica.fetchId == fetchId) {
            replica.fetching = false;
        }
    }

    /** Sends what a broker has to ask the controller. */
    private void ask(SimBroker broker) {
        broker.proposals.next().ifPresent(request -> {
            AlterPartitionRequestData sent = mistaken(broker, request);
            long id = ++order;
            askedBy.put(broker.id, id);
            say(broker.id + " asks " + sent);
            later(broker, ANSWER_MS, () -> answered(broker, id, null));
            boolean slow = chaos && random.nextInt(5) == 0;
            int copies = chaos && random.nextInt(5) == 0 ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                long delayMs = slow ? random.nextInt(700) : 0;
                later(
                        delayMs,
                        () -> transmit(broker.id, 0, () -> {
                            AlterPartitionResponseData response = controller.alter(sent);
                            say("controller answers " + response);
                            transmit(0, broker.id, () -> later(broker, 0, () -> answered(broker, id, response)));
                        }));
            }
        });
    }

    AlterPartitionRequestData mistaken(SimBroker broker, AlterPartitionRequestData request) {
        if (mistake != ReplicationMistake.PROPOSES_THE_EPOCH_OF_A_LATER_FETCH) {
            return request;
        }
        AlterPartitionRequestData changed = request.duplicate();
        changed.topics().forEach(topic -> topic.partitions()
                .forEach(partition -> partition.newIsrWithEpochs().forEach(member -> setLatestEpoch(broker, member))));
        return changed;
    }

    private static void setLatestEpoch(SimBroker broker, BrokerState member) {
        member.setBrokerEpoch(broker.image.epochOf(member.brokerId()));
    }

    /** @param response null when there was none */
    private void answered(SimBroker broker, long id, AlterPartitionResponseData response) {
        if (!askedBy.getOrDefault(broker.id, -1L).equals(id)) {
            return;
        }
        askedBy.remove(broker.id);
        List<IsrProposal> open = broker.replicas.values().stream()
                .map(replica -> replica.state.pending())
                .toList();
        if (response == null) {
            broker.proposals.failed(Errors.REQUEST_TIMED_OUT);
        } else {
            broker.proposals.answered(response, now).forEach(key -> broker.progress(broker.replica(key.partition())));
        }
        boolean refusal = response != null && isRefusal(response);
        if (mistake == ReplicationMistake.UNCLEAR_ANSWER_ENDS_A_PROPOSAL
                || (refusal && mistake == ReplicationMistake.REFUSAL_ENDS_A_PROPOSAL)) {
            broker.replicas.values().forEach(replica -> {
                IsrProposal pending = replica.state.pending();
                if (pending != null && open.contains(pending)) {
                    replica.state.refused(pending);
                }
            });
        }
        if (broker.proposals.isResting() && mistake != ReplicationMistake.NEVER_ASKS_AGAIN) {
            later(broker, REST_MS, broker.proposals::again);
        }
    }

    private static boolean isRefusal(AlterPartitionResponseData response) {
        return response.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition -> partition.errorCode() == Errors.INELIGIBLE_REPLICA.code());
    }

    private void transmit(int from, int to, Runnable delivery) {
        boolean lost = chaos && (cuts.contains(from + ">" + to) || random.nextInt(100) < lossPercent);
        if (!lost) {
            later(delay(), delivery);
        }
    }

    private long delay() {
        boolean slow = chaos && random.nextInt(slowOneOf) == 0;
        return 1L + random.nextInt(maxDelay) + (slow ? random.nextInt(400) : 0);
    }

    void cut(int from, int to) {
        cuts.add(from + ">" + to);
    }

    void heal(int from, int to) {
        cuts.remove(from + ">" + to);
    }

    private void checkCalm() {
        for (int partition : partitions) {
            SimBroker leader = brokers.get(controller.leader(partition));
            if (leader == null
                    && controller.isr(partition).isEmpty()
                    && controller.elr(partition).isEmpty()) {
                // One has lost records while the others were fenced: nobody is known to hold all.
                continue;
            }
            if (leader == null) {
                throw new AssertionError("nobody leads partition " + partition + " in calm");
            }
            ReplicationState state = leader.replica(partition).state;
            if (!controller.isr(partition).equals(brokers.keySet())
                    || !state.isr().equals(brokers.keySet())) {
                throw new AssertionError("in calm the ISR of partition " + partition + " is "
                        + controller.isr(partition) + ", and for its leader " + state.isr());
            }
            long end = leader.replica(partition).log.end();
            if (state.pending() != null || state.highWatermark() != end) {
                throw new AssertionError("in calm partition " + partition + " waits for " + state.pending()
                        + ", at high watermark " + state.highWatermark() + " of " + end);
            }
            brokers.values().forEach(broker -> {
                SimReplica replica = broker.replica(partition);
                if (!replica.log.entries.equals(leader.replica(partition).log.entries) || !replica.waits.isEmpty()) {
                    throw new AssertionError("in calm broker " + broker.id + " differs from its leader");
                }
            });
        }
    }
}
