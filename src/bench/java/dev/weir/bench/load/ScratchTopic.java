package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;

/** A topic for one round: fresh when it is made, and its disk space is free again when it is closed. */
record ScratchTopic(RunningBroker broker, String name) implements AutoCloseable {

    static ScratchTopic create(RunningBroker broker, String name) throws Exception {
        Topics.create(broker, name);
        return new ScratchTopic(broker, name);
    }

    @Override
    public void close() throws Exception {
        Topics.delete(broker, name);
    }
}
