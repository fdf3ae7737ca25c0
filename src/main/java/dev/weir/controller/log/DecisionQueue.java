package dev.weir.controller.log;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.FeatureGate;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.ImageSnapshot;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.quorum.DecisionLine;
import dev.weir.quorum.DecisionLine.Decision;
import dev.weir.quorum.LogBatch;
import dev.weir.quorum.OffsetAndEpoch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The images of the cluster along the log: <em>decided</em>, on which the next decision builds, and <em>committed</em>, which
 * is published. The same on a leader and on replicas that follow. A committed image is published first; then whoever waited
 * for it is answered. Owned by the driver's thread.
 *
 * <p>A leader's decisions are taken once it has committed the first record of its epoch. If it finds no {@code
 * metadata.version} then, the cluster is new and gets its first records.
 */
final class DecisionQueue implements LogListener {
    private final MetadataLogStore store;
    private final Consumer<ImageChange> publisher;
    private final Supplier<List<MetadataRecord>> bootstrap;
    private final Runnable onActive;
    private final int maxBatchRecords;
    private final DriverRules rules;
    private DecisionLine<ImageChange, Answer> line;
    private @Nullable QuorumDriver driver;
    private long epochStart = Long.MAX_VALUE;
    private boolean leading;
    private boolean active;
    private long bytesAppended;
    private @Nullable Step proposed;

    /**
     * The images from {@code image} on.
     *
     * @param image of everything below {@code imageEnd}, which is committed
     * @param publisher takes each committed change, in order
     * @param bootstrap the first records of a new cluster
     * @param onActive runs whenever this replica begins to take decisions, when its first are committed
     * @param maxBatchRecords a decision with more records goes into several batches
     */
    DecisionQueue(
            MetadataLogStore store,
            ClusterImage image,
            long imageEnd,
            Consumer<ImageChange> publisher,
            Supplier<List<MetadataRecord>> bootstrap,
            Runnable onActive,
            int maxBatchRecords,
            DriverRules rules) {
        this.rules = rules;
        this.store = store;
        this.publisher = publisher;
        this.bootstrap = bootstrap;
        this.onActive = onActive;
        this.maxBatchRecords = maxBatchRecords;
        line = lineAt(image, imageEnd);
    }

    private static DecisionLine<ImageChange, Answer> lineAt(ClusterImage image, long end) {
        return new DecisionLine<>(ImageChange.of(image, List.of(), image.position()), end);
    }

    /** Begins with what is in the log. */
    void start(QuorumDriver started) {
        driver = started;
        followLog();
        started.start();
    }

    ClusterImage decided() {
        return line.decided().after();
    }

    ClusterImage committed() {
        return line.committed().after();
    }

    long committedEnd() {
        return line.committedEnd();
    }

    /** The offset of the next record that is decided. */
    long nextOffset() {
        return line.decidedEnd();
    }

    /** Whether decisions are taken here. */
    boolean isActive() {
        return active;
    }

    /** Bytes of the log since the last call of {@link #snapshotBegins}. */
    long bytesAppended() {
        return bytesAppended;
    }

    void snapshotBegins() {
        bytesAppended = 0;
    }

    void add(long bytes) {
        bytesAppended += bytes;
    }

    /**
     * Takes a decision.
     *
     * @param records that fit {@link #decided}
     * @throws IllegalStateException if the records do not fit; nothing was written then
     */
    void decide(List<MetadataRecord> records, Answer answer) {
        if (!active) {
            answer.failed(refusal());
        } else if (records.isEmpty()) {
            line.decideNothing(answer);
            release(driver().highWatermark());
        } else {
            propose(steps(records, answer), answer);
        }
    }

    private List<Step> steps(List<MetadataRecord> records, Answer answer) {
        List<Step> steps = new ArrayList<>();
        ClusterImage image = decided();
        long base = line.decidedEnd();
        for (int i = 0; i < records.size(); i += maxBatchRecords) {
            int to = Math.min(i + maxBatchRecords, records.size());
            List<MetadataRecord> some = records.subList(i, to);
            LogPosition position = new LogPosition(base + to - 1, driver().epoch());
            ImageChange change = ImageChange.of(image, some, position);
            steps.add(new Step(some, change, to == records.size() ? Optional.of(answer) : Optional.empty()));
            image = change.after();
        }
        return steps;
    }

    private void propose(List<Step> steps, Answer answer) {
        QuorumDriver to = driver();
        for (Step step : steps) {
            if (to.endOffset() != line.decidedEnd()) {
                answer.failed(refusal());
                return;
            }
            proposed = step;
            to.propose(
                    step.records().size(),
                    MetadataBatches.of(
                            to.endOffset(),
                            to.epoch(),
                            to.keeper().wall(),
                            FeatureGate.metadataVersion(step.change().before()),
                            step.records()));
            if (proposed != null) {
                proposed = null;
                answer.failed(refusal());
                return;
            }
        }
        release(to.highWatermark());
    }

    private Errors refusal() {
        return driver != null && driver.failed() ? Errors.KAFKA_STORAGE_ERROR : Errors.NOT_CONTROLLER;
    }

    // ---- the log

    @Override
    public void appended(LoggedBatch batch) {
        bytesAppended += batch.bytes().remaining();
        Step own = proposed;
        if (own != null && batch.batch().content() instanceof LogBatch.Records) {
            proposed = null;
            long end = batch.batch().endOffset();
            own.answer()
                    .ifPresentOrElse(
                            answer -> line.decide(end, own.change(), answer), () -> line.follow(end, own.change()));
        } else {
            follow(batch);
        }
    }

    private void follow(LoggedBatch batch) {
        long end = batch.batch().endOffset();
        LogPosition position = new LogPosition(end - 1, batch.batch().epoch());
        line.follow(end, ImageChange.of(decided(), batch.records(), position));
    }

    @Override
    public void truncated() {
        fallBack();
    }

    @Override
    public void committed(long highWatermark) {
        release(highWatermark);
    }

    @Override
    public void leads(int epoch, long startOffset) {
        leading = true;
        epochStart = startOffset;
    }

    @Override
    public void resigned() {
        leading = false;
        active = false;
        epochStart = Long.MAX_VALUE;
        fallBack();
    }

    @Override
    public void installed(OffsetAndEpoch id, SnapshotFile.Content content) {
        ClusterImage before = committed();
        ClusterImage after = ImageSnapshot.fromRecords(
                before.clusterId(), content.records(), SnapshotId.of(id).position());
        line.onResign().forEach(answer -> answer.failed(refusal()));
        line = lineAt(after, id.offset());
        bytesAppended = 0;
        publisher.accept(ImageChange.everything(before, after));
    }

    @Override
    public void named(String clusterId) {
        ClusterImage before = committed();
        ClusterImage after = ClusterImage.empty(clusterId);
        line = lineAt(after, 0);
        publisher.accept(ImageChange.everything(before, after));
    }

    @Override
    public void settled() {
        if (leading && !active && line.committedEnd() > epochStart && !driver().failed()) {
            active = true;
            List<MetadataRecord> first = isNew(decided()) ? bootstrap.get() : List.of();
            decide(first, new Answer() {
                @Override
                public void committed() {
                    onActive.run();
                }

                @Override
                public void failed(Errors error) {
                    // whoever leads next begins again
                }
            });
        }
    }

    private static boolean isNew(ClusterImage image) {
        return Feature.METADATA_VERSION.level(image.features()) == 0;
    }

    private void release(long highWatermark) {
        long end = rules.releasedEnd(highWatermark, line.decidedEnd());
        for (Decision<ImageChange, Answer> decision : line.onHighWatermark(end)) {
            if (decision.changed()) {
                publisher.accept(decision.image());
            }
            decision.answer().ifPresent(Answer::committed);
        }
    }

    /** Goes back to what is committed, and follows what the log has behind it. */
    private void fallBack() {
        if (!rules.fallsBack()) {
            return;
        }
        line.onResign().forEach(answer -> answer.failed(refusal()));
        if (!driver().failed()) {
            followLog();
        }
    }

    private void followLog() {
        try {
            new LogWalk(store).from(line.committedEnd(), this::follow);
        } catch (IOException e) {
            throw new UncheckedIOException("the metadata log cannot be read", e);
        }
    }

    private QuorumDriver driver() {
        if (driver == null) {
            throw new IllegalStateException("not started");
        }
        return driver;
    }

    /**
     * A part of a decision that goes into one batch.
     *
     * @param answer of the last part
     */
    private record Step(List<MetadataRecord> records, ImageChange change, Optional<Answer> answer) {}
}
