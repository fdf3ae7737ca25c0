package dev.weir.partition;

import static dev.weir.partition.ReplicaCluster.change;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.PartitionImage;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Outcome.Cut;
import dev.weir.partition.client.FollowerMessages.Outcome.Done;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.storage.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * One seeded life of three replicas of a partition: leaders change, metadata comes late, answers come late, power fails and unsynced
 * bytes are lost, disks are emptied, records are deleted, leaders are elected that were not in sync. After each step {@link
 * FollowerOracle} looks at all of them; at the end all is quiet, and they must agree.
 */
final class FollowerSimulation {
    private static final int STEPS = 120;
    private static final int SIZE = 3;

    private final Random random;
    private final FollowerMistake mistake;
    private final ReplicaCluster cluster;
    private final FollowerOracle oracle = new FollowerOracle();
    private final List<String> history = new ArrayList<>();
    private final Deque<Late> late = new ArrayDeque<>();
    /** The epoch and the leader that each node has followed last. */
    private final Map<Integer, int[]> followed = new HashMap<>();

    private int written;

    private record Late(ReplicaNode node, int epoch, Step step) {}

    FollowerSimulation(long seed, FollowerMistake mistake) {
        this.random = new Random(seed);
        this.mistake = mistake;
        int segmentBytes = 120 + random.nextInt(500);
        cluster = new ReplicaCluster(
                SIZE, ShardFixture.config(random.nextInt(4) == 0 ? 1 : Long.MAX_VALUE, 1, segmentBytes));
        cluster.fetchBytes = 150 + random.nextInt(600);
        cluster.nodes.forEach(node -> node.forgetsCheckpoints = mistake == FollowerMistake.FORGETS_CHECKPOINT);
    }

    void run() throws IOException {
        for (int i = 0; i < STEPS; i++) {
            guarded(this::step);
        }
        guarded(this::quiet);
    }

    private void guarded(Event event) throws IOException {
        happens(event);
        while (!failed().isEmpty()) {
            happens(() -> end(failed().get(0), true));
        }
        try {
            oracle.check(cluster.nodes);
        } catch (RuntimeException | AssertionError e) {
            throw failure(e);
        }
    }

    /** Whatever goes wrong where the power has failed is to be expected. */
    private void happens(Event event) throws IOException {
        try {
            event.happen();
        } catch (RuntimeException | AssertionError e) {
            if (failed().isEmpty()) {
                throw failure(e);
            }
        }
    }

    private List<ReplicaNode> failed() {
        return cluster.nodes.stream().filter(node -> node.powerFailed).toList();
    }

    private AssertionError failure(Throwable cause) {
        int from = Math.max(0, history.size() - Integer.getInteger("weir.sim.history", 40));
        return new AssertionError("after " + history.subList(from, history.size()) + ": " + cause.getMessage(), cause);
    }

    private void step() throws IOException {
        int choice = random.nextInt(100);
        ReplicaNode any = cluster.nodes.get(random.nextInt(SIZE));
        if (choice < 22) {
            produce();
        } else if (choice < 56) {
            fetch(any);
        } else if (choice < 62) {
            comeLate();
        } else if (choice < 68) {
            sync(any);
        } else if (choice < 72) {
            checkpoint(any);
        } else if (choice < 79) {
            elect();
        } else if (choice < 84) {
            tell(any);
        } else if (choice < 87) {
            end(any, random.nextBoolean());
        } else if (choice < 89) {
            failAhead(any);
        } else if (choice < 95) {
            start(any);
        } else if (choice < 98) {
            join(any);
        } else {
            deleteRecords();
        }
    }

    private PartitionImage image() {
        return cluster.image().topics().partition(ShardFixture.TOPIC, 0).orElseThrow();
    }

    /** To whoever leads, or takes itself for the leader still. */
    private void produce() {
        for (ReplicaNode node : cluster.nodes) {
            if (node.isLeader() && random.nextInt(4) > 0) {
                history.add("produce to " + node.id);
                node.append(1, batch(node));
            }
        }
    }

    private ByteBuffer batch(ReplicaNode leader) {
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(3)];
        for (int i = 0; i < records.length; i++) {
            byte[] value = new byte[4 + random.nextInt(40)];
            ByteBuffer.wrap(value).putInt(written++);
            records[i] = new SimpleRecord(leader.nowMs, value);
        }
        if (random.nextBoolean()) {
            return MemoryRecords.withRecords(Compression.NONE, records).buffer();
        }
        long producer = 1L + random.nextInt(3);
        int next = leader.partition()
                .producers
                .producer(producer)
                .map(known -> known.lastSequence() + 1)
                .orElse(0);
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producer, (short) 0, next, records)
                .buffer();
    }

    /** One round of a follower with the leader that it knows, or half of one. */
    private void fetch(ReplicaNode node) throws IOException {
        if (!node.isUsable() || node.isLeader()) {
            return;
        }
        int epoch = node.partition().leaderEpoch();
        int leaderId = node.partition().leader().leaderId();
        if (leaderId < 0) {
            return;
        }
        ReplicaNode leader = cluster.node(leaderId);
        int[] before = followed.put(node.id, new int[] {epoch, leaderId});
        boolean isNew = before == null || before[0] != epoch;
        boolean same = before != null && before[1] == leaderId;
        if (isNew && mistake == FollowerMistake.CUTS_AT_HIGH_WATERMARK) {
            node.partition().log.truncateTo(node.partition().highWatermark(), node.nowMs);
            node.partition().clamp();
        }
        boolean unchecked = isNew
                && (mistake == FollowerMistake.CUTS_AT_HIGH_WATERMARK
                        || (mistake == FollowerMistake.TRUSTS_THE_SAME_LEADER && same));
        round(node, leader, unchecked);
    }

    private void round(ReplicaNode node, ReplicaNode leader, boolean unchecked) throws IOException {
        int epoch = node.partition().leaderEpoch();
        PartitionLog log = node.partition().log;
        if (!(mistake == FollowerMistake.KEEPS_EMPTY_EPOCHS)
                && !(node.follow(epoch, new Step.Locate()) instanceof Done)) {
            return;
        }
        Place place = FollowerPath.position(node.partition()).place();
        int named = mistake == FollowerMistake.KEEPS_EMPTY_EPOCHS
                ? log.latestEpoch().orElse(-1)
                : place.lastEpoch();
        if (!leader.isUsable()) {
            return;
        }
        FetchAnswer answer =
                leader.fetchedBy(node.id, place.offset(), cluster.fetchBytes, epoch, unchecked ? -1 : named);
        if (answer.error() != Errors.NONE && answer.error() != Errors.OFFSET_OUT_OF_RANGE) {
            history.add(node.id + " is refused by " + leader.id + ": " + answer.error());
            return;
        }
        Step step = ReplicaCluster.step(place, answer);
        if (random.nextInt(12) == 0) {
            history.add(node.id + " will hear later from " + leader.id);
            late.add(new Late(node, epoch, step));
            return;
        }
        take(node, epoch, step);
    }

    private void take(ReplicaNode node, int epoch, Step step) throws IOException {
        int latest = node.partition().log.latestEpoch().orElse(-1);
        Answer<Outcome> answer = node.followLater(epoch, step);
        node.runLater();
        if (!answer.came()) {
            throw new AssertionError(node.id + " does not answer");
        }
        Outcome outcome = answer.only();
        history.add(node.id + " in epoch " + epoch + " " + step.getClass().getSimpleName() + " -> " + outcome);
        if (outcome instanceof Done && step instanceof Step.Append) {
            oracle.compared(node);
        }
        if (outcome instanceof Cut && mistake == FollowerMistake.KEEPS_EMPTY_EPOCHS) {
            node.partition().log.beginEpoch(latest);
        }
    }

    private void comeLate() throws IOException {
        Late one = late.poll();
        if (one != null && one.node().isUsable()) {
            history.add("late:");
            take(one.node(), one.epoch(), one.step());
        }
    }

    private void sync(ReplicaNode node) throws IOException {
        if (node.isUsable()) {
            history.add("sync " + node.id);
            node.sync();
            if (random.nextBoolean()) {
                checkpoint(node);
            }
        }
    }

    private void checkpoint(ReplicaNode node) {
        if (node.isUsable()) {
            history.add("checkpoint " + node.id);
            node.checkpoint();
        }
    }

    /** Another leader, or the same again; not all hear of it at once. */
    private void elect() {
        List<Integer> able =
                image().isr().stream().filter(id -> cluster.node(id).isUsable()).toList();
        if (able.isEmpty()) {
            return;
        }
        elect(able.get(random.nextInt(able.size())));
        for (ReplicaNode node : cluster.nodes) {
            if (random.nextInt(3) > 0) {
                tell(node);
            }
        }
    }

    private void elect(int leader) {
        history.add("elect " + leader);
        cluster.decide(change().withLeader(leader));
    }

    private void tell(ReplicaNode node) {
        if (node.up) {
            history.add("tell " + node.id);
            cluster.tell(node);
        }
    }

    private void failAhead(ReplicaNode node) {
        if (node.isUsable()) {
            history.add("power failure ahead of " + node.id);
            node.failAfter(random.nextInt(random.nextBoolean() ? 6 : 30));
        }
    }

    /** The controller hears of it before anything else happens: nobody counts on a replica that may have lost records. */
    private void end(ReplicaNode node, boolean powerFails) {
        if (!node.up) {
            return;
        }
        if (powerFails || node.powerFailed) {
            history.add("power failure of " + node.id);
            node.crash(random);
        } else {
            history.add("kill " + node.id);
            node.kill();
        }
        late.removeIf(one -> one.node() == node);
        PartitionImage now = image();
        List<Integer> rest = now.isr().stream().filter(id -> id != node.id).toList();
        if (!now.isr().contains(node.id)) {
            return;
        }
        if (rest.isEmpty()) {
            cluster.decide(change().withLeader(-1));
        } else {
            List<Integer> able =
                    rest.stream().filter(id -> cluster.node(id).isUsable()).toList();
            int leader = able.isEmpty() ? -1 : now.leader() == node.id || now.leader() < 0 ? able.get(0) : now.leader();
            cluster.decide(change().withIsr(rest).withLeader(leader));
        }
        cluster.tellAll();
    }

    /** The last one in sync leads again, though it may have lost records; now and then whoever comes. */
    private void start(ReplicaNode node) {
        if (node.up) {
            return;
        }
        boolean emptied = random.nextInt(8) == 0 && !image().isr().contains(node.id);
        if (emptied) {
            node.emptyDisk();
        }
        history.add("start " + node.id + (emptied ? " with an empty disk" : ""));
        cluster.start(node);
        PartitionImage now = image();
        boolean lastInSync = now.isr().equals(List.of(node.id));
        boolean anyone = now.leader() < 0 && random.nextInt(4) == 0;
        if (now.leader() < 0 && (lastInSync || anyone)) {
            history.add("elect " + node.id + ", unclean");
            cluster.decide(change().withIsr(List.of(node.id)).withLeader(node.id));
            cluster.tellAll();
            oracle.unclean(node, cluster.nodes);
        }
    }

    /** A follower that has all of the leader's log comes into the ISR. */
    private void join(ReplicaNode node) throws IOException {
        PartitionImage now = image();
        if (now.leader() < 0 || now.isr().contains(node.id) || !node.isUsable()) {
            return;
        }
        cluster.tellAll();
        ReplicaNode leader = cluster.node(now.leader());
        if (!leader.isLeader()) {
            return;
        }
        history.add("join " + node.id);
        catchUp(node, leader);
        if (node.partition().log.logEndOffset() == leader.partition().log.logEndOffset()) {
            List<Integer> isr = new ArrayList<>(now.isr());
            isr.add(node.id);
            cluster.decide(change().withIsr(isr));
            cluster.tellAll();
        }
    }

    private void catchUp(ReplicaNode node, ReplicaNode leader) throws IOException {
        late.removeIf(one -> one.node() == node);
        Place last = null;
        long known = -1;
        for (int i = 0; ; i++) {
            if (i > 300) {
                throw new AssertionError(node.id + " does not come to the end of " + leader.id);
            }
            fetch(node);
            Place now = FollowerPath.position(node.partition()).place();
            boolean same = now.equals(last)
                    && now.offset() == leader.partition().log.logEndOffset()
                    && known == node.partition().highWatermark()
                    && late.isEmpty();
            if (same && i > 2) {
                return;
            }
            last = now;
            known = node.partition().highWatermark();
            comeLate();
        }
    }

    private void deleteRecords() throws IOException {
        for (ReplicaNode node : cluster.nodes) {
            if (node.isLeader()) {
                PartitionLog log = node.partition().log;
                long to = log.logStartOffset()
                        + random.nextInt((int) (node.partition().highWatermark() - log.logStartOffset()) + 1);
                history.add("delete below " + to + " at " + node.id);
                log.advanceLogStartOffset(to);
            }
            if (node.isUsable()) {
                node.housekeeping.tick(node.nowMs, (partition, nowMs) -> {});
            }
        }
    }

    /** Everybody is up and knows all; there is a leader. */
    private void quiet() throws IOException {
        history.add("quiet");
        cluster.nodes.forEach(node -> node.files.onOperation((operation, path) -> {}));
        for (ReplicaNode node : cluster.nodes) {
            start(node);
        }
        if (image().leader() < 0) {
            elect(image().isr().get(0));
        }
        cluster.tellAll();
        ReplicaNode leader = cluster.node(image().leader());
        for (int round = 0; round < 2; round++) {
            for (ReplicaNode node : cluster.nodes) {
                if (node != leader) {
                    catchUp(node, leader);
                }
            }
        }
        cluster.decide(change().withIsr(List.of(1, 2, 3)));
        cluster.tellAll();
        for (int round = 0; round < 3; round++) {
            for (ReplicaNode node : cluster.nodes) {
                if (node != leader) {
                    fetch(node);
                    comeLate();
                    fetch(node);
                }
            }
        }
        long end = leader.partition().log.logEndOffset();
        for (ReplicaNode node : cluster.nodes) {
            assertThat(node.partition().highWatermark())
                    .as("high watermark of %s", node.id)
                    .isEqualTo(end);
        }
    }

    private interface Event {
        void happen() throws IOException;
    }
}
