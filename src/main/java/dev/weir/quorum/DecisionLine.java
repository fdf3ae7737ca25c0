package dev.weir.quorum;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The decisions between being made and being committed. The next decision builds on {@link #decided}; what is published and
 * answered from is {@link #committed}. Each answer is bound to the end offset of the image that it was decided on, also if the
 * decision wrote nothing. Owned by the controller, on its thread only.
 *
 * <pre>
 *   decide ──▶ [ endOffset, image, answer ] [ … ] ──▶ onHighWatermark: publish, then answer
 *                 committed + 1       …     decided
 * </pre>
 *
 * Bounds: {@code committedEnd <= endOffset of every entry <= decidedEnd}; the entries' offsets never fall.
 *
 * @param <I> an immutable image, or a step from one image to the next; whatever is to be published
 * @param <A> an answer that waits
 */
public final class DecisionLine<I, A> {
    private final Deque<Decision<I, A>> waiting = new ArrayDeque<>();
    private I committed;
    private long committedEnd;
    private I decided;
    private long decidedEnd;
    private long highWatermark;

    /** A line on which nothing waits; {@code image} holds everything below {@code endOffset}, which is committed. */
    public DecisionLine(I image, long endOffset) {
        committed = image;
        decided = image;
        committedEnd = endOffset;
        decidedEnd = endOffset;
        highWatermark = endOffset;
    }

    /** Returns the image on which the next decision builds. */
    public I decided() {
        return decided;
    }

    /** Returns the newest image that will never be taken back. */
    public I committed() {
        return committed;
    }

    /** Returns the offset up to which {@link #decided} holds the log. */
    public long decidedEnd() {
        return decidedEnd;
    }

    /** Returns the offset up to which {@link #committed} holds the log; a line that fell back follows from here again. */
    public long committedEnd() {
        return committedEnd;
    }

    /** Adds a decision whose records end at {@code endOffset} and lead to {@code image}. */
    public void decide(long endOffset, I image, A answer) {
        add(endOffset, image, Optional.of(answer));
    }

    /** Adds a decision that needs no records. Its answer waits for what it was decided on all the same. */
    public void decideNothing(A answer) {
        waiting.add(new Decision<>(decidedEnd, decided, false, Optional.of(answer)));
    }

    /** Adds records that were read from the log, decided by some leader before. */
    public void follow(long endOffset, I image) {
        add(endOffset, image, Optional.empty());
    }

    /** Returns what is committed now, in order: each is to be published first if it {@link Decision#changed}, then answered. */
    public List<Decision<I, A>> onHighWatermark(long offset) {
        highWatermark = Math.max(highWatermark, offset);
        List<Decision<I, A>> released = new ArrayList<>();
        for (Decision<I, A> head = waiting.peek();
                head != null && head.endOffset() <= highWatermark;
                head = waiting.peek()) {
            waiting.remove();
            committed = head.image();
            committedEnd = head.endOffset();
            released.add(head);
        }
        return released;
    }

    /**
     * Goes back to what is committed, as when the leader has resigned or a log was truncated. Returns the answers that will not
     * be given: each of those decisions may still be committed by the next leader, or not.
     */
    public List<A> onResign() {
        List<A> failed = waiting.stream().flatMap(d -> d.answer().stream()).toList();
        waiting.clear();
        decided = committed;
        decidedEnd = committedEnd;
        return failed;
    }

    private void add(long endOffset, I image, Optional<A> answer) {
        if (endOffset <= decidedEnd) {
            throw new IllegalArgumentException("records end at " + endOffset + ", not above " + decidedEnd);
        }
        waiting.add(new Decision<>(endOffset, image, true, answer));
        decided = image;
        decidedEnd = endOffset;
    }

    /**
     * One decision, or records of an earlier one.
     *
     * @param <I> the image
     * @param <A> the answer
     * @param endOffset the high watermark at which it is committed
     * @param image with it applied
     * @param changed whether it has records
     * @param answer to whoever asked; empty for records that were read from the log
     */
    public record Decision<I, A>(long endOffset, I image, boolean changed, Optional<A> answer) {}
}
