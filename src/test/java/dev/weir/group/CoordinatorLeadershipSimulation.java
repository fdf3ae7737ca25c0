package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.coordinator.CoordinatorLog;
import dev.weir.group.SimulatedReplica.Mistake;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupRules;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * Two brokers, each with a replica of the group log and a coordinator of it, and clients that commit and fetch offsets, while the
 * leadership moves. Metadata, requests and answers each take their time, so that a coordinator may hear of its leadership before
 * its replica does, or after. What a client was told once is never taken back by whoever leads in that epoch or later.
 */
final class CoordinatorLeadershipSimulation {
    static final int QUEUES = 8;
    private static final int CLIENTS = 4;
    private static final int REPLICA_METADATA = 0;
    private static final int COORDINATOR_METADATA = 1;
    private static final int TO_REPLICA = 2;
    private static final int TO_COORDINATOR = 3;
    private static final short V9 = 9;

    private final Random random;
    private final List<Broker> brokers;
    private final List<Client> clients = new ArrayList<>();
    private final Set<Mistake> mistakes;
    private final TreeMap<Long, Deque<Runnable>> delayed = new TreeMap<>();
    private int leader = -1;
    private int epoch = -1;
    private long nowMs = 1_000;
    private long nextOffset = 1;
    int answered;

    CoordinatorLeadershipSimulation(long seed, Set<Mistake> mistakes) {
        this.random = new Random(seed);
        this.mistakes = mistakes;
        this.brokers = List.of(new Broker(0), new Broker(1));
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(i));
        }
    }

    /** Chance decides what happens next. */
    void run(int events) {
        move(0);
        int moves = 5 + random.nextInt(80);
        int fetches = 5 + random.nextInt(110);
        int slowness = random.nextBoolean() ? 1 : 1 + random.nextInt(20);
        for (int i = 0; i < events; i++) {
            int dice = random.nextInt(1_000);
            if (dice < moves) {
                move(random.nextInt(8) == 0 ? -1 : random.nextInt(2));
            } else if (dice < moves + fetches) {
                replicate(1 + random.nextInt(3), random.nextInt(3) == 0);
            } else if (dice < 350) {
                int broker = leader < 0 || random.nextInt(4) == 0 ? random.nextInt(2) : leader;
                act(random.nextInt(CLIENTS), broker, random.nextBoolean());
            } else if (dice < 450) {
                advance(random.nextInt(40));
            } else {
                int queue = random.nextInt(QUEUES);
                boolean now = queue / 2 != REPLICA_METADATA || random.nextInt(slowness) == 0;
                for (int k = random.nextInt(4); now && k >= 0; k--) {
                    deliver(queue);
                }
            }
        }
        settle();
    }

    /** The metadata gives the lead to this broker, perhaps again, or to none (-1). */
    void move(int newLeader) {
        leader = newLeader;
        int newEpoch = ++epoch;
        for (Broker broker : brokers) {
            broker.queues.get(REPLICA_METADATA).add(() -> broker.replica.apply(newLeader, newEpoch));
            broker.queues.get(COORDINATOR_METADATA).add(() -> broker.hear(newLeader, newEpoch));
        }
    }

    void replicate(int batches, boolean answerIsLost) {
        brokers.get(0).replica.fetchFrom(brokers.get(1).replica, batches, answerIsLost);
        brokers.get(1).replica.fetchFrom(brokers.get(0).replica, batches, answerIsLost);
    }

    void act(int client, int broker, boolean commit) {
        clients.get(client).act(brokers.get(broker), commit);
    }

    /** Hands over one message of one of the queues; false if it is empty. */
    boolean deliver(int queue) {
        Runnable message = brokers.get(queue % 2).queues.get(queue / 2).poll();
        if (message != null) {
            message.run();
        }
        return message != null;
    }

    private void deliverAll() {
        boolean any = true;
        while (any) {
            replicate(100, false);
            any = false;
            for (int queue = 0; queue < QUEUES; queue++) {
                while (deliver(queue)) {
                    any = true;
                }
            }
        }
    }

    void advance(long ms) {
        nowMs += ms;
        while (!delayed.isEmpty() && delayed.firstKey() <= nowMs) {
            delayed.pollFirstEntry().getValue().forEach(Runnable::run);
        }
        brokers.forEach(broker -> broker.timers.fire(nowMs, (partition, key) -> broker.coordinator.onTimer(key)));
    }

    /** No more trouble: everybody is answered, and everything that was told holds. */
    void settle() {
        if (leader < 0) {
            move(random.nextInt(2));
        }
        for (int round = 0; round < 60; round++) {
            deliverAll();
            advance(500);
        }
        assertThat(clients).allSatisfy(client -> assertThat(client.busy).isFalse());
        assertThat(brokers.get(leader).coordinator.core()).isNotNull();
        assertThat(brokers.get(1 - leader).coordinator.leads()).isFalse();
        int before = answered;
        for (Client client : clients) {
            client.act(brokers.get(leader), false);
            deliverAll();
        }
        assertThat(answered - before).as("answers after the trouble").isEqualTo(CLIENTS);
    }

    private final class Broker implements CoordinatorLog {
        final SimulatedReplica replica;
        final List<Deque<Runnable>> queues =
                List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
        final GroupTimers timers = new GroupTimers(() -> {});
        final PartitionCoordinator coordinator;
        int heard = -1;

        Broker(int id) {
            replica = new SimulatedReplica(id, mistakes);
            coordinator = new PartitionCoordinator(
                    0,
                    this,
                    () -> new GroupCoordinatorCore(
                            GroupRules.of(BrokerConfig.defaults()), () -> "id", new NoConsumerGroups()),
                    timers,
                    new GroupCounters(),
                    Compression.NONE,
                    () -> 1_000,
                    () -> nowMs,
                    () -> nowMs);
        }

        void hear(int newLeader, int newEpoch) {
            heard = newEpoch;
            if (newLeader == brokers.indexOf(this)) {
                coordinator.lead(newEpoch);
            } else if (!mistakes.contains(Mistake.NEVER_RESIGNS)) {
                coordinator.resign(newEpoch);
            }
        }

        @Override
        public void append(int leaderEpoch, ByteBuffer batch, Consumer<Errors> done) {
            queues.get(TO_REPLICA)
                    .add(() -> replica.append(leaderEpoch, batch, error -> queues.get(TO_COORDINATOR)
                            .add(() -> done.accept(error))));
        }

        @Override
        public void read(int leaderEpoch, long offset, Consumer<Piece> done) {
            queues.get(TO_REPLICA).add(() -> {
                Piece piece = replica.read(leaderEpoch, offset);
                queues.get(TO_COORDINATOR).add(() -> done.accept(piece));
            });
        }

        @Override
        public void position(int leaderEpoch, Consumer<Piece> done) {
            queues.get(TO_REPLICA).add(() -> {
                Piece piece = replica.position(leaderEpoch);
                queues.get(TO_COORDINATOR).add(() -> done.accept(piece));
            });
        }

        @Override
        public void later(long delayMs, Runnable task) {
            delayed.computeIfAbsent(nowMs + delayMs, at -> new ArrayDeque<>()).add(task);
        }
    }

    /** Commits the offset of a partition of its own and fetches it; one request at a time, each to the end. */
    private final class Client {
        private final int partition;
        /** What it was told, by the epoch of the coordinator that said it. */
        private final TreeMap<Integer, Long> told = new TreeMap<>();

        boolean busy;

        Client(int partition) {
            this.partition = partition;
        }

        void act(Broker broker, boolean commit) {
            if (busy) {
                return;
            }
            busy = true;
            long offset = nextOffset++;
            ApiMessage request = commit ? ClassicRequests.commit("", -1, "t", partition, offset) : fetch();
            broker.coordinator.handle(GroupCall.of(request, V9, "c", "/h"), answer -> {
                assertThat(busy).as("answered once").isTrue();
                busy = false;
                if (errorOf(answer) == Errors.NONE) {
                    answered++;
                    onSuccess(broker.heard, commit ? offset : fetched(answer), commit);
                }
            });
        }

        private void onSuccess(int inEpoch, long offset, boolean commit) {
            if (!commit) {
                long known = told.headMap(inEpoch, true).values().stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(-1);
                assertThat(offset)
                        .as("the offset of partition %s that is told in epoch %s", partition, inEpoch)
                        .isGreaterThanOrEqualTo(known);
            }
            told.merge(inEpoch, offset, Math::max);
        }

        private static Errors errorOf(ApiMessage answer) {
            return answer instanceof OffsetFetchResponseData fetched
                    ? Errors.forCode(fetched.groups().get(0).errorCode())
                    : GroupReplies.error(answer);
        }

        private long fetched(ApiMessage answer) {
            return ((OffsetFetchResponseData) answer)
                    .groups().get(0).topics().stream()
                            .flatMap(topic -> topic.partitions().stream())
                            .filter(one -> one.partitionIndex() == partition)
                            .mapToLong(one -> one.committedOffset())
                            .findFirst()
                            .orElse(-1);
        }

        private static OffsetFetchRequestData fetch() {
            return new OffsetFetchRequestData()
                    .setGroups(List.of(new OffsetFetchRequestGroup()
                            .setGroupId(ClassicRequests.GROUP)
                            .setTopics(null)));
        }
    }
}
