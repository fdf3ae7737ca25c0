package dev.weir.controller.log;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.FeatureGate;
import dev.weir.metadata.ImageSnapshot;
import dev.weir.quorum.QuorumEvent;
import dev.weir.quorum.VoterSet;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots of the committed image when they are due, elsewhere, while decisions go on. Owned by the driver's thread.
 */
final class SnapshotWriter {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);

    private final SnapshotPolicy policy;
    private final DriverPorts ports;
    private final MetadataFiles files;
    private final DecisionQueue decisions;
    private final QuorumDriver driver;
    private final DriverRules rules;
    private long newest;
    private long lastMs;
    private boolean writing;
    private boolean ended;

    SnapshotWriter(
            SnapshotPolicy policy,
            DriverPorts ports,
            MetadataFiles files,
            DecisionQueue decisions,
            QuorumDriver driver,
            long newest,
            DriverRules rules) {
        this.rules = rules;
        this.policy = policy;
        this.ports = ports;
        this.files = files;
        this.decisions = decisions;
        this.driver = driver;
        this.newest = newest;
        lastMs = ports.monotonicMs().getAsLong();
    }

    /** Writes a snapshot if one is due; a failure is logged, and the next attempt comes as late as the next snapshot. */
    void writeIfDue() {
        long now = ports.monotonicMs().getAsLong();
        ClusterImage image = rules.snapshotted(decisions.committed(), decisions.decided());
        SnapshotId id = SnapshotId.of(image.position());
        if (writing
                || ended
                || driver.failed()
                || id.endOffset() <= newest
                || !policy.isDue(decisions.bytesAppended(), now - lastMs)) {
            return;
        }
        writing = true;
        lastMs = now;
        decisions.snapshotBegins();
        VoterSet voters = driver.keeper().votersBefore(id.endOffset());
        ports.background().execute(() -> write(id, image, voters));
    }

    private void write(SnapshotId id, ClusterImage image, VoterSet voters) {
        boolean written = false;
        try {
            SnapshotFile.Content content = new SnapshotFile.Content(ImageSnapshot.toRecords(image), voters);
            files.writeSnapshot(
                    id,
                    SnapshotFile.encode(
                            id,
                            content,
                            FeatureGate.metadataVersion(image),
                            ports.wallMs().getAsLong()));
            written = true;
        } catch (IOException | RuntimeException e) {
            LOG.error("The metadata snapshot at {} could not be written", image.position(), e);
        }
        boolean done = written;
        ports.owner().execute(() -> done(id, done));
    }

    private void done(SnapshotId id, boolean written) {
        writing = false;
        if (!written || ended || driver.failed()) {
            return;
        }
        newest = Math.max(newest, id.endOffset());
        long start = driver.keeper().trimBehind(id);
        driver.take(new QuorumEvent.SnapshotWritten(id.end(), start));
    }

    /** Writes no more. */
    void end() {
        ended = true;
    }
}
