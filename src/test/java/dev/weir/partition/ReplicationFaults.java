package dev.weir.partition;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What goes wrong in a simulation of replication, never more than its promises allow. */
final class ReplicationFaults {
    private final ReplicationSimulation simulation;
    private final Random random;
    /** The kind of fault that is frequent in this life. */
    private final int favourite;

    ReplicationFaults(ReplicationSimulation simulation, Random random) {
        this.simulation = simulation;
        this.random = random;
        this.favourite = random.nextInt(6);
    }

    void next() {
        simulation.later(10 + random.nextInt(250), () -> {
            if (simulation.chaos) {
                one();
                next();
            }
        });
    }

    private void one() {
        List<SimBroker> all = List.copyOf(simulation.brokers.values());
        SimBroker broker = all.get(random.nextInt(all.size()));
        int partition = random.nextInt(broker.replicas.size());
        switch (random.nextBoolean() ? favourite : random.nextInt(6)) {
            case 0 -> stop(broker);
            case 1 -> fenceForAWhile(broker);
            case 2 -> isolate(broker.id, random.nextInt(4), random.nextBoolean());
            case 3 -> simulation.controller.move(partition, random.nextInt(3));
            case 4 -> moveBackAndForth(partition);
            default -> simulation.controller.touch(partition);
        }
    }

    private void moveBackAndForth(int partition) {
        for (int delayMs = 0; delayMs < 150; delayMs += 5 + random.nextInt(80)) {
            simulation.later(delayMs, () -> simulation.controller.move(partition, random.nextInt(3)));
        }
    }

    /** All brokers are up and let in from now on. */
    void mend() {
        for (SimBroker broker : simulation.brokers.values()) {
            if (!broker.up) {
                start(broker, false);
            } else {
                letIn(broker, 100);
            }
        }
    }

    private void stop(SimBroker broker) {
        if (!broker.up) {
            return;
        }
        broker.up = false;
        boolean loses = random.nextBoolean() && othersHoldAll(broker);
        simulation.say("broker " + broker.id + " stops" + (loses ? " and loses records" : ""));
        if (loses) {
            broker.lossy = true;
            broker.replicas.values().forEach(this::lose);
        }
        broker.replicas
                .values()
                .forEach(replica -> replica.highWatermark -= Math.min(replica.highWatermark, random.nextInt(10)));
        int life = broker.life;
        simulation.later(20 + random.nextInt(200), () -> {
            if (!broker.up && broker.life == life) {
                simulation.controller.fence(broker.id);
            }
        });
        simulation.later(5 + random.nextInt(500), () -> start(broker, broker.life != life));
    }

    /** Without the records of all that are in sync or eligible, nothing could be promised. */
    private boolean othersHoldAll(SimBroker broker) {
        return broker.replicas.keySet().stream().allMatch(partition -> Stream.concat(
                        simulation.controller.isr(partition).stream(), simulation.controller.elr(partition).stream())
                .anyMatch(id -> id != broker.id && !simulation.brokers.get(id).lossy));
    }

    private void lose(SimReplica replica) {
        replica.log.truncate(random.nextInt(3) == 0 ? 0 : Math.max(0, replica.log.end() - random.nextInt(20)));
    }

    private void start(SimBroker broker, boolean tooLate) {
        if (broker.up || tooLate) {
            return;
        }
        simulation.controller.register(broker.id, broker.lossy);
        broker.lossy = false;
        simulation.say("broker " + broker.id + " starts");
        broker.start(simulation.controller.image());
        letIn(broker, 20 + random.nextInt(200));
    }

    private void letIn(SimBroker broker, long delayMs) {
        simulation.later(broker, delayMs, () -> simulation.controller.unfence(broker.id));
    }

    private void fenceForAWhile(SimBroker broker) {
        if (!broker.up) {
            return;
        }
        long delayMs = 0;
        for (int times = random.nextInt(3); times >= 0; times--) {
            simulation.later(broker, delayMs, () -> simulation.controller.fence(broker.id));
            delayMs += 10 + random.nextInt(300);
            letIn(broker, delayMs);
            delayMs += random.nextInt(150);
        }
    }

    /** @param peer another broker; the controller, if it is 0 or the broker itself */
    private void isolate(int broker, int peer, boolean both) {
        int other = peer == broker ? 0 : peer;
        simulation.cut(broker, other);
        if (both) {
            simulation.cut(other, broker);
        }
        simulation.later(20 + random.nextInt(600), () -> {
            simulation.heal(broker, other);
            simulation.heal(other, broker);
        });
    }
}
