package dev.weir.bench.broker;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** One kind of broker: how it is configured and which command starts it. {@link RunningBroker} is its process. */
public interface BrokerUnderTest {

    /** How the table calls it. */
    String name();

    /** Its version, for the page. */
    String version();

    /**
     * Writes the configuration and readies an empty data directory.
     *
     * @param settings broker settings on top of the common ones, by Kafka's names
     */
    void prepare(Home home, Map<String, String> settings) throws IOException, InterruptedException;

    /**
     * Writes the configuration of one member of a cluster and readies its empty data directory.
     *
     * @param settings broker settings on top of the common ones, by Kafka's names
     */
    void prepare(Member member, Map<String, String> settings) throws IOException, InterruptedException;

    /** The command that starts it in the foreground. */
    List<String> command(Home home, JvmFlags flags);
}
