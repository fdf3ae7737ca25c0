package dev.weir.controller.log;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.record.MetadataFormatException;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.quorum.Asker;
import dev.weir.quorum.QuorumEvent;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumView;
import dev.weir.quorum.VoterSet;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This broker's replica of the metadata log, and the images that its records make. Owned by one thread.
 *
 * <p>What is durable before what: a promise before anyone is told of it; a decision's records, on a majority of voters, before
 * its image is published and its answer given; a snapshot before any record or older snapshot that it makes needless goes. The
 * newest snapshot but one stays, with the log behind it, so that one damaged snapshot loses nothing.
 */
public final class MetadataLog {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLog.class);
    private static final int MAX_BATCH_RECORDS = 10_000;

    private final MetadataLogStore store;
    private final DriverPorts ports;
    private final DecisionQueue decisions;
    private final QuorumDriver driver;
    private final SnapshotWriter snapshots;

    private MetadataLog(
            MetadataLogStore store,
            DriverPorts ports,
            DecisionQueue decisions,
            QuorumDriver driver,
            SnapshotWriter snapshots) {
        this.store = store;
        this.ports = ports;
        this.decisions = decisions;
        this.driver = driver;
        this.snapshots = snapshots;
    }

    /**
     * What the log's owner does with what comes out of it.
     *
     * @param publisher takes each committed change, in order; the first one follows {@link MetadataLog#committed} as it is when
     *     the log is opened
     * @param bootstrap the first records of a new cluster
     * @param onActive runs whenever this replica begins to take decisions
     */
    public record Outputs(
            Consumer<ImageChange> publisher, Supplier<List<MetadataRecord>> bootstrap, Runnable onActive) {}

    /**
     * Loads what is stored.
     *
     * @throws MetadataLogException if it is damaged beyond what a snapshot makes good
     */
    public static MetadataLog open(MetadataLogStore store, QuorumSetup setup, DriverPorts ports, Outputs outputs)
            throws IOException, MetadataLogException {
        return open(store, setup, ports, outputs, MAX_BATCH_RECORDS, new DriverRules());
    }

    static MetadataLog open(
            MetadataLogStore store,
            QuorumSetup setup,
            DriverPorts ports,
            Outputs outputs,
            int maxBatchRecords,
            DriverRules rules)
            throws IOException, MetadataLogException {
        LogRecovery.Found found = new LogRecovery(
                        store, setup.clusterId().orElse(""), setup.me(), setup.configured(), rules)
                .run(ports.wallMs().getAsLong());
        if (setup.clusterId().isEmpty() && found.log().endOffset() > 0) {
            throw new MetadataLogException(
                    "there is a metadata log, but no log directory names its cluster: bring their"
                            + " files meta.properties back, or set cluster.id");
        }
        warnOfVoters(setup, found);
        DecisionQueue decisions = new DecisionQueue(
                store,
                found.image(),
                found.imageEnd(),
                outputs.publisher(),
                outputs.bootstrap(),
                outputs.onActive(),
                maxBatchRecords,
                rules);
        QuorumDriver driver = new QuorumDriver(setup, ports, store, found, decisions, rules);
        decisions.add(found.bytesSinceSnapshot());
        SnapshotWriter snapshots = new SnapshotWriter(
                setup.snapshots(),
                ports,
                store.files(),
                decisions,
                driver,
                found.log().snapshotId().offset(),
                rules);
        return new MetadataLog(store, ports, decisions, driver, snapshots);
    }

    private static void warnOfVoters(QuorumSetup setup, LogRecovery.Found found) {
        VoterSet named = found.voters().before(Long.MAX_VALUE);
        VoterSet counts = named.size() > 0 ? named : found.configured();
        if (!counts.ids().equals(setup.configured().ids())) {
            LOG.warn(
                    "The metadata log names the voters {}, and controller.quorum.voters names {}: those of the log count."
                            + " Voters are changed with kafka-metadata-quorum",
                    counts.ids(),
                    setup.configured().ids());
        }
    }

    /**
     * Begins to take part. One voter alone leads when this returns.
     *
     * @throws MetadataLogException if the log holds what cannot be followed, as a record of a newer metadata version
     */
    public void start() throws MetadataLogException {
        try {
            decisions.start(driver);
        } catch (MetadataFormatException | IllegalStateException e) {
            throw new MetadataLogException("the metadata log cannot be followed after offset "
                    + decisions.decided().position().offset() + ": " + e.getMessage());
        }
    }

    // ---- the controller

    /** The image on which the next decision builds. */
    public ClusterImage decided() {
        return decisions.decided();
    }

    /** The newest image that will never be taken back. */
    public ClusterImage committed() {
        return decisions.committed();
    }

    /** The offset of the next record that is decided. */
    public long nextOffset() {
        return decisions.nextOffset();
    }

    /** Whether decisions are taken here. */
    public boolean isActive() {
        return decisions.isActive();
    }

    /**
     * Takes a decision on {@link #decided}, also one without records. It is refused unless {@link #isActive}.
     *
     * @throws IllegalStateException if the records do not fit; nothing was written then
     */
    public void decide(List<MetadataRecord> records, Answer answer) {
        decisions.decide(records, answer);
    }

    // ---- the quorum

    /** The newest epoch. */
    public int epoch() {
        return driver.epoch();
    }

    /** The leader of that epoch, or -1. */
    public int leaderId() {
        return driver.leaderId();
    }

    /** Whether this replica leads the quorum; its controller may not be active yet. */
    boolean leads() {
        return driver.leads();
    }

    /** Everything below is committed, as far as is known here. */
    long highWatermark() {
        return driver.highWatermark();
    }

    /** What the quorum believes to be synced here. */
    long toldSynced() {
        return driver.toldSynced();
    }

    MetadataLogStore store() {
        return store;
    }

    /** Whether this replica takes no more part until it is opened again. */
    public boolean hasFailed() {
        return driver.failed();
    }

    /** Of a failed replica, what it does not understand because it is too old; empty if it has failed for something else. */
    public Optional<String> outdated() {
        return driver.outdated();
    }

    /** The voters that count now. */
    public VoterSet voters() {
        return driver.voters();
    }

    /** Takes a peer's request. */
    public void ask(QuorumRequest request, Asker asker, PeerRequest caller) {
        driver.request(request, asker, caller);
    }

    /** Tells of something that has happened around the quorum. */
    public void take(QuorumEvent event) {
        driver.take(event);
    }

    /** The quorum as this replica sees it. */
    public QuorumView view() {
        return driver.view();
    }

    /** Lets time pass; to be called every {@link dev.weir.quorum.QuorumSettings#tickMs} at least. */
    public void tick() {
        driver.take(new QuorumEvent.Tick());
        if (!driver.failed()) {
            driver.keeper().tick();
        }
    }

    // ---- the files

    /** Writes a snapshot if one is due, elsewhere. */
    public void snapshotIfDue() {
        snapshots.writeIfDue();
    }

    /**
     * Ends the use of the log in order: hands over the lead, waits for a sync that is under way, and closes the files.
     *
     * @param closed runs in the end
     */
    public void close(Runnable closed) {
        driver.take(new QuorumEvent.Stopping());
        snapshots.end();
        ports.transport().close();
        driver.end(() -> {
            closeFiles();
            closed.run();
        });
    }

    private void closeFiles() {
        if (driver.failed()) {
            store.abandon();
            return;
        }
        try {
            driver.keeper().close();
        } catch (IOException e) {
            LOG.error("The metadata log was not closed in order: {}", e.toString());
        }
    }

    /** Ends the use of the log as it is. */
    public void abandon() {
        snapshots.end();
        driver.end(() -> {});
        store.abandon();
    }
}
