package dev.weir.quorum;

import dev.weir.quorum.QuorumEvent.Tick;
import dev.weir.quorum.QuorumEvent.Unanswered;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * One random life of a quorum: a seeded scheduler with its own time, a network that loses, doubles, delays and reorders, disks
 * that forget what was not synced, and controllers that decide. {@link QuorumOracle} checks every promise after every event; at
 * the end the faults stop, and the quorum must work again within a bounded time.
 */
final class QuorumSimulation {
    static final int OBSERVER = 10;
    static final int OPERATOR = -9;
    static final int STRANGER = -7;
    private static final int MOST_EPOCHS = 100_000;
    private static final String GIVEN = "given";
    private static final int CHAOS_MS = 3_000;
    private static final int CALM_MS = 6_000;
    private static final int TICK_MS = 20;

    final QuorumSettings settings = new QuorumSettings(100, 200, 100, 200, 5, 50, 1_000);
    final QuorumMistake mistake;
    final QuorumOracle oracle;
    final boolean restores;
    final VoterSet configured;
    final List<SimNode> nodes = new ArrayList<>();
    final List<String> history = new ArrayList<>();
    long now;
    int answers;
    boolean livenessChecked;
    boolean chaos = true;
    boolean keepsHistory;

    private final Random random;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
    private final Set<String> cuts = new HashSet<>();
    private final MistakenWire wire;
    private final QuorumFaults faults;
    private final QuorumStrangers strangers;
    private final boolean observersRegistered;
    private final Set<Integer> dead = new HashSet<>();
    /** 0: every broker's settings name the cluster; 1: those of the first one; else: its first leader makes the id. */
    private final int naming;

    private final int lossPercent;
    private final int maxDelay;
    private long order;
    private long directories;
    private long values;

    QuorumSimulation(long seed, QuorumMistake mistake) {
        this(seed, mistake, 1 + 2 * new Random(seed * 31).nextInt(3));
    }

    QuorumSimulation(long seed, QuorumMistake mistake, int voters) {
        random = new Random(seed);
        this.mistake = mistake;
        wire = new MistakenWire(mistake);
        faults = new QuorumFaults(this, random);
        strangers = new QuorumStrangers(this, random, seed % 3 == 0);
        observersRegistered = new Random(seed * 17).nextBoolean();
        restores = seed % 10 == 0;
        naming = (int) (seed % 4);
        oracle = new QuorumOracle(!restores);
        lossPercent = random.nextInt(4) * random.nextInt(5);
        maxDelay = 2 + random.nextInt(12) * random.nextInt(4);
        List<Voter> set = new ArrayList<>();
        for (int id = 1; id <= voters; id++) {
            set.add(new Voter(ReplicaKey.of(id), List.of()));
        }
        configured = VoterSet.of(set);
        set.forEach(voter -> nodes.add(new SimNode(voter.id(), this)));
        for (int i = random.nextInt(3); i > 0; i--) {
            nodes.add(new SimNode(OBSERVER + i, this));
        }
    }

    /** Lives through faults, then through calm. */
    void run() {
        nodes.forEach(node -> later(random.nextInt(100), () -> start(node)));
        nodes.forEach(this::tick);
        later(0, this::client);
        later(random.nextInt(1_000), faults::next);
        later(0, strangers::next);
        for (int i = random.nextInt(6); naming > 0 && i > 0; i--) {
            later(random.nextInt(400), faults::atTheBeginning);
        }
        runUntil(CHAOS_MS);
        calm();
        long end = now + CALM_MS;
        int before = answers;
        while (now < end && !works(before)) {
            runUntil(now + 50);
        }
        checkLiveness(before);
        nodes.stream()
                .filter(node -> node.running)
                .forEach(node -> oracle.check(node.core.epoch() < MOST_EPOCHS, node + " has used up its epochs"));
    }

    /** Begins a life without faults, for a scenario to add its own. */
    void begin(List<SimNode> started) {
        chaos = false;
        started.forEach(this::start);
        started.forEach(this::tick);
        later(0, this::client);
    }

    Optional<SimNode> leader() {
        return nodes.stream().filter(n -> n.running && n.core.leads()).findFirst();
    }

    void runUntil(long time) {
        while (!tasks.isEmpty() && tasks.peek().at() <= time) {
            Task task = tasks.poll();
            now = task.at();
            task.action().run();
        }
        now = time;
    }

    // ---- services for nodes

    /** A disk with nothing on it; the settings of some brokers name the cluster. */
    SimDisk newDisk(int id) {
        SimDisk disk = new SimDisk(id, ++directories);
        disk.clusterId = idInSettings(id);
        return disk;
    }

    private Optional<String> idInSettings(int id) {
        return switch (naming) {
            case 0 -> Optional.of(GIVEN);
            case 1 -> id == 1 ? Optional.of(GIVEN) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** The id that some voter keeps. */
    Optional<String> knownId() {
        return nodes.stream()
                .filter(n -> n.id < OBSERVER)
                .flatMap(n -> n.disk.clusterId.stream())
                .findFirst();
    }

    void name(SimNode node, String id) {
        oracle.named(
                node, id, nodes.stream().flatMap(n -> n.disk.clusterId.stream()).toList());
        if (mistake == QuorumMistake.CLUSTER_ID_NOT_DURABLE_BEFORE_THE_LOG) {
            SimDisk disk = node.disk;
            later(random.nextInt(20), () -> disk.clusterId = Optional.of(id));
        } else {
            node.disk.clusterId = Optional.of(id);
        }
    }

    int chance(int bound) {
        return random.nextInt(bound);
    }

    /** Whether the replicas know of a broker of that id. */
    boolean isRegistered(int id) {
        return id >= 0 && (id <= OBSERVER || observersRegistered);
    }

    /** Where a node listens after its next start: now and then somewhere else. */
    int address(int before) {
        return chaos && random.nextInt(4) == 0 ? before + 1 : before;
    }

    SafetyRules rules() {
        return new MistakenRules(mistake);
    }

    Optional<ElectionState> remembered(SimDisk disk) {
        return mistake == QuorumMistake.VOTE_FORGOTTEN_ON_RESTART
                ? disk.state.map(s -> new ElectionState(s.epoch(), s.leaderId(), Optional.empty()))
                : disk.state;
    }

    void persist(SimNode node, ElectionState state) {
        if (mistake == QuorumMistake.VOTE_NOT_DURABLE_BEFORE_SEND) {
            int life = node.life;
            later(random.nextInt(20), () -> {
                if (node.running && node.life == life) {
                    node.disk.state = Optional.of(state);
                }
            });
        } else {
            node.disk.state = Optional.of(state);
        }
    }

    boolean crashesNow(SimNode node) {
        if (chaos && random.nextInt(3_000) == 0) {
            crash(node, 20 + random.nextInt(400));
            return true;
        }
        return false;
    }

    long syncDelay() {
        return chaos && random.nextInt(30) == 0 ? random.nextInt(600) : 1 + random.nextInt(4);
    }

    void later(long delay, Runnable action) {
        tasks.add(new Task(now + delay, order++, action));
    }

    void deliver(SimNode node, int life, QuorumEvent event) {
        if (!node.running || node.life != life) {
            return;
        }
        if (now < node.pausedUntil) {
            later(node.pausedUntil - now, () -> deliver(node, life, event));
            return;
        }
        if (keepsHistory) {
            history.add(now + " " + node + " takes " + event);
        }
        node.take(event);
    }

    void send(SimNode from, QuorumEffect.Send send) {
        if (mistake == QuorumMistake.MOVED_VOTER_SAYS_NOTHING && send.request() instanceof UpdateVoter) {
            return;
        }
        int to = send.to() >= 0 ? send.to() : nodes.get(random.nextInt(configured.size())).id;
        int life = from.life;
        wire.sent(from.id, send);
        if (nodes.stream().noneMatch(node -> node.id == to)) {
            later(1, () -> deliver(from, life, new Unanswered(send.to(), send.correlationId())));
            return;
        }
        SimNode target = node(to);
        SimDisk disk = target.disk;
        travel(from.id, to, () -> {
            // A connection does not outlive its process; here that matters if the next one begins with nothing.
            if (target.disk == disk || !(send.request() instanceof BeginQuorumEpoch)) {
                arrive(from, life, target, send);
            }
        });
    }

    void respond(SimNode from, SimNode.Caller caller, QuorumResponse response) {
        if (caller.node() >= 0) {
            SimNode target = node(caller.node());
            travel(
                    from.id,
                    caller.node(),
                    () -> deliver(target, caller.life(), wire.answer(from, target, caller, response)));
        }
    }

    // ---- the network

    private void arrive(SimNode from, int life, SimNode to, QuorumEffect.Send send) {
        if (!to.running) {
            travel(to.id, from.id, () -> deliver(from, life, new Unanswered(send.to(), send.correlationId())));
        } else if (now < to.pausedUntil) {
            later(to.pausedUntil - now, () -> arrive(from, life, to, send));
        } else {
            if (keepsHistory) {
                history.add(now + " " + to + " is asked by " + from.id + " " + send.request());
            }
            to.request(wire.request(to, send.request()), from.id, send.to(), life, send.correlationId());
        }
    }

    private void travel(int from, int to, Runnable arrival) {
        int delay = 1 + random.nextInt(chaos ? maxDelay : 3);
        if (!chaos || random.nextInt(100) >= lossPercent) {
            later(delay, () -> {
                if (!cuts.contains(from + ">" + to)) {
                    arrival.run();
                }
            });
        }
        if (chaos && random.nextInt(50) == 0) {
            later(delay + random.nextInt(300), () -> {
                if (!cuts.contains(from + ">" + to)) {
                    arrival.run();
                }
            });
        }
    }

    void mend(int from, int to) {
        cuts.remove(from + ">" + to);
    }

    void voted(SimNode voter) {
        faults.voted(voter);
    }

    void cut(int from, int to) {
        cuts.add(from + ">" + to);
    }

    // ---- crashes

    void crash(SimNode node, int downMs) {
        if (!node.running) {
            return;
        }
        node.running = false;
        SimDisk disk = node.disk;
        if (mistake == QuorumMistake.LEADER_COUNTS_UNSYNCED || random.nextBoolean()) {
            disk.truncateTo(Math.max(disk.syncedOffset, disk.snapshot.id().offset()));
        } else {
            long unsynced = disk.endOffset - disk.syncedOffset;
            disk.truncateTo(disk.syncedOffset + (unsynced > 0 ? random.nextInt((int) unsynced + 1) : 0));
        }
        if (downMs >= 0) {
            later(downMs, () -> start(node));
        }
    }

    void start(SimNode node) {
        if (node.running || dead.contains(node.id)) {
            return;
        }
        if (node.id > OBSERVER && node.disk.clusterId.isEmpty()) {
            // It joins a cluster that there is, and its operator has looked up the id.
            node.disk.clusterId = knownId();
        }
        if (node.id > OBSERVER && node.disk.clusterId.isEmpty()) {
            later(50, () -> start(node));
        } else {
            node.start(node.id > OBSERVER ? VoterSet.EMPTY : configured);
        }
    }

    // ---- clients and the end

    private void tick(SimNode node) {
        later(TICK_MS, () -> {
            deliver(node, node.life, new Tick());
            tick(node);
        });
    }

    private void client() {
        later(5 + random.nextInt(40), this::client);
        SimNode node = nodes.get(random.nextInt(nodes.size()));
        for (SimNode any : nodes) {
            if (any.running && now >= any.pausedUntil && (any == node || any.core.leads())) {
                any.decide(++values);
            }
        }
    }

    private void calm() {
        chaos = false;
        cuts.clear();
        nodes.forEach(n -> n.pausedUntil = Math.min(n.pausedUntil, now));
        if (!restores && random.nextBoolean()) {
            nodes.stream().filter(faults::mayLose).findFirst().ifPresent(n -> {
                dead.add(n.id);
                crash(n, -1);
            });
        }
        nodes.forEach(this::start);
        healVoters();
    }

    /** Whoever lost a disk is taken out and put in again, as an operator would. */
    private void healVoters() {
        later(300, this::healVoters);
        for (SimNode leader : List.copyOf(nodes)) {
            if (leader.running && leader.core.leads()) {
                nodes.stream()
                        .filter(n -> n.running && n.disk.clusterId.isEmpty())
                        .filter(n -> leader.core.voters().voter(n.id).isEmpty())
                        .forEach(n -> {
                            // No leader tells it: the settings have to.
                            n.disk.clusterId = leader.disk.clusterId;
                            crash(n, 10);
                        });
                leader.core.voters().voters().stream()
                        .filter(v -> !v.key().names(node(v.id()).disk.key))
                        .findFirst()
                        .ifPresent(v -> faults.change(leader, node(v.id())));
            }
        }
    }

    private void checkLiveness(int answersBefore) {
        if (restores || !faults.majoritiesWork()) {
            return;
        }
        livenessChecked = true;
        if (works(answersBefore)) {
            return;
        }
        String state = nodes.toString();
        List<SimNode> up = nodes.stream().filter(n -> n.running).toList();
        oracle.check(
                up.stream().filter(n -> n.core.leads()).count() == 1,
                "no one leader after " + CALM_MS + " ms: " + state);
        oracle.check(answers > answersBefore + 5, "nothing is committed any more: " + state);
        leader().ifPresent(leader -> oracle.check(
                knowsWhereVotersAre(leader), "the leader does not know where voters are: " + leader.core.voters()));
        oracle.check(false, "a replica does not catch up with " + oracle.committedEnd() + ": " + state);
    }

    private boolean works(int answersBefore) {
        List<SimNode> up = nodes.stream().filter(n -> n.running).toList();
        return up.stream().filter(n -> n.core.leads()).count() == 1
                && answers > answersBefore + 5
                && up.stream().allMatch(n -> n.core.highWatermark() >= oracle.committedEnd() - 60)
                && leader().stream().allMatch(this::knowsWhereVotersAre);
    }

    /** KIP-853: each voter that runs has told the leader where it listens now. */
    private boolean knowsWhereVotersAre(SimNode leader) {
        return leader.core.voters().voters().stream()
                .filter(voter -> node(voter.id()).running && voter.key().names(node(voter.id()).disk.key))
                .allMatch(voter -> voter.equals(node(voter.id()).self()));
    }

    SimNode node(int id) {
        return nodes.stream()
                .filter(n -> n.id == id)
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no node " + id));
    }

    private record Task(long at, long order, Runnable action) {}
}
