package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.report.Measured;
import java.util.List;

/** What a row does to a broker. The same load is run on both; a broker that is not its turn is held. */
interface Load {

    /** Before the warm-up, once for each broker. */
    default void prepare(RunningBroker broker) throws Exception {}

    /** One round, or one window of the warm-up. Errors from the broker are exceptions, never figures. */
    List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception;

    /** After the last round, once for each broker. */
    default void cleanUp(RunningBroker broker) throws Exception {}
}
