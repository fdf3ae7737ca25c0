package dev.weir.controller;

import org.apache.kafka.common.Uuid;

/** One broker of {@link ControllerSimulation}. */
final class SimBroker {
    final int id;
    /** Of the registration of this process; -1 before it is registered. */
    long epoch = -1;
    /** What its log directories say of the last clean stop. */
    long cleanEpoch = -1;

    long incarnation;
    boolean running;
    /** Has lost records, and the controller does not know yet. */
    boolean dirty;

    boolean stopping;
    long read;

    SimBroker(int id) {
        this.id = id;
    }

    Uuid incarnationId() {
        return new Uuid(id, incarnation);
    }

    boolean isUp() {
        return running && epoch >= 0;
    }
}
