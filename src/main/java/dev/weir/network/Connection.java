package dev.weir.network;

import dev.weir.network.api.RequestContext;
import dev.weir.protocol.RequestEnvelope;
import dev.weir.protocol.ResponsePlan;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: requests run concurrently, replies leave in the order of the requests. Owned by the event loop
 * that accepted it. It is not read while it has {@value #MAX_IN_FLIGHT} requests in flight or one that wants it alone, while
 * more than {@value #MAX_UNSENT_BYTES} bytes of replies are unsent, or while the broker has no memory for its next frame. It ends when
 * the peer or the idle sweep closes it, or when a request cannot be understood; requests after that one are not looked at.
 */
final class Connection implements FrameAssembler.FrameSink {
    static final int MAX_IN_FLIGHT = 100;
    static final int MAX_UNSENT_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final long id;
    private final String listener;
    private final InetAddress client;
    private final ChannelHandlerContext ctx;
    private final RequestDispatcher dispatcher;
    private final NetworkMetrics metrics;
    private final ClientWarnings warnings;
    private final ConnectionQuotas.Place place;
    private final ArrayDeque<Slot> slots = new ArrayDeque<>();
    private long unsentBytes;
    private long lastProgressNanos;
    private boolean waitingForMemory;
    private @Nullable Runnable heldBack;
    private @Nullable Slot alone;
    private long aloneAnsweredNanos;
    private boolean largeFrame;
    private long largeFrameNanos;
    private boolean reading = true;
    private boolean dirty;
    private boolean inReadLoop;
    private Life life = Life.OPEN;

    /** The stages of a connection's life, in their order; none comes back. */
    private enum Life {
        OPEN,
        /** It takes no further request, and closes when the last reply is sent. */
        DRAINING,
        /** It has asked the channel to close. */
        CLOSING,
        CLOSED
    }

    Connection(
            long id,
            String listener,
            InetAddress client,
            ChannelHandlerContext ctx,
            RequestDispatcher dispatcher,
            NetworkMetrics metrics,
            ClientWarnings warnings,
            ConnectionQuotas.Place place,
            long nowNanos) {
        this.id = id;
        this.listener = listener;
        this.client = client;
        this.ctx = ctx;
        this.dispatcher = dispatcher;
        this.metrics = metrics;
        this.warnings = warnings;
        this.place = place;
        this.lastProgressNanos = nowNanos;
    }

    @Override
    public void onFrame(ByteBuf frame, RequestMemory.Reservation reserved) {
        long now = System.nanoTime();
        lastProgressNanos = now;
        inReadLoop = true;
        if (life != Life.OPEN) {
            frame.release();
            reserved.release();
            return;
        }
        ByteBuffer bytes = frame.nioBuffer();
        RequestEnvelope envelope;
        try {
            envelope = RequestEnvelope.parse(bytes);
        } catch (InvalidRequestException e) {
            frame.release();
            reserved.release();
            reject(e.getMessage());
            return;
        }
        boolean probation = place.isOnProbation();
        if (probation && !PeerFrames.has(envelope.api())) {
            frame.release();
            reserved.release();
            endProbation();
            return;
        }
        metrics.received(envelope.api(), frame.readableBytes());
        Slot slot = new Slot(envelope, frame, reserved);
        slots.add(slot);
        RequestContext context = envelope.header() == null
                ? null
                : new RequestContext(envelope.header(), listener, client, new SlotLink(slot));
        dispatcher.dispatch(envelope, context, bytes, new ReplyHandle(slot, now));
        if (PeerFrames.has(envelope.api())) {
            slot.releaseFrame();
        }
        if (probation && !PeerFrames.isGreeting(envelope.api())) {
            endProbation();
        }
        updateReading();
    }

    /** Closes a connection above the limits that has not shown that it is a broker's. On the event loop. */
    void endProbation() {
        if (life.compareTo(Life.CLOSING) < 0 && (place.isOnProbation() || place.isOut())) {
            metrics.refused();
            warnings.warn(
                    ClientWarnings.Kind.CONNECTION_REFUSED,
                    System.nanoTime(),
                    "Refusing a connection from " + client.getHostAddress() + ": " + place.over() + " is reached");
            close();
        }
    }

    @Override
    public void onBadLength(int length, int maxFrameBytes) {
        reject("a request of " + length + " bytes; the length must be from 1 to " + maxFrameBytes
                + " (socket.request.max.bytes)");
    }

    @Override
    public boolean takesMore() {
        return life == Life.OPEN && alone == null && slots.size() < MAX_IN_FLIGHT && unsentBytes < MAX_UNSENT_BYTES;
    }

    @Override
    public void onHeld(Runnable more) {
        heldBack = more;
    }

    @Override
    public void onMemoryWait(boolean waiting) {
        waitingForMemory = waiting;
        updateReading();
    }

    @Override
    public void onReadComplete() {
        inReadLoop = false;
        lastProgressNanos = System.nanoTime();
        flush();
    }

    /** Closes when idle: nothing asked, or nothing of a reply taken by the peer, since {@code maxIdleNanos}. */
    void closeIfIdle(long nowNanos, long maxIdleNanos) {
        boolean idle = slots.isEmpty() || unsentBytes > 0;
        if (idle && nowNanos - lastProgressNanos > maxIdleNanos && !place.isOnProbation()) {
            metrics.idleClosed();
            close();
        }
    }

    @Override
    public boolean isOfBroker() {
        return place.isOfBroker();
    }

    @Override
    public void onLargeFrame(boolean underWay) {
        largeFrame = underWay;
        largeFrameNanos = System.nanoTime();
    }

    /** Closes if the peer does not take the answer to a request that has the connection alone, or does not end a large frame. */
    void closeIfStalled(long nowNanos, long patienceNanos) {
        Slot waiting = alone;
        boolean untaken = waiting != null && waiting.isAnswered() && nowNanos - aloneAnsweredNanos > patienceNanos;
        if (untaken || (largeFrame && nowNanos - largeFrameNanos > patienceNanos)) {
            metrics.idleClosed();
            close();
        }
    }

    /** Takes no further request and closes when the last reply is sent. */
    void drain() {
        reach(Life.DRAINING);
        updateReading();
        closeIfDrained();
    }

    private void closeIfDrained() {
        if (life == Life.DRAINING && slots.isEmpty() && unsentBytes == 0) {
            close();
        }
    }

    private void reach(Life stage) {
        if (stage.compareTo(life) > 0) {
            life = stage;
        }
    }

    void close() {
        reach(Life.CLOSING);
        ctx.close();
    }

    /** The channel has closed: its place is free, and what was in flight need not wait any longer, and is let go when it is answered. */
    void onClosed() {
        reach(Life.CLOSED);
        place.closed();
        for (Slot slot : slots) {
            if (slot.isAnswered()) {
                discard(slot);
            } else {
                slot.abandon();
            }
        }
        endAlone();
    }

    private void endAlone() {
        Slot ended = alone;
        if (ended != null) {
            alone = null;
            ended.sent();
        }
    }

    private void reject(@Nullable String reason) {
        metrics.rejected();
        warnings.warn(
                ClientWarnings.Kind.REQUEST_REJECTED,
                System.nanoTime(),
                "Closing connection " + id + " from " + client.getHostAddress() + ": " + reason);
        close();
    }

    private void complete(Slot slot, @Nullable ApiMessage response) {
        slot.answer(response);
        slot.releaseFrame();
        if (slot == alone) {
            aloneAnsweredNanos = System.nanoTime();
        }
        if (life == Life.CLOSED) {
            discard(slot);
            return;
        }
        Slot head = slots.peek();
        while (head != null && head.isAnswered()) {
            slots.poll();
            send(head);
            head = slots.peek();
        }
        if (!inReadLoop) {
            flush();
        }
        updateReading();
        closeIfDrained();
    }

    /** From any thread: gives the request's bytes back before its answer. */
    private void releaseLater(Slot slot) {
        try {
            ctx.executor().execute(slot::releaseFrame);
        } catch (RejectedExecutionException e) {
            LOG.debug("The event loop of connection {} has ended", id, e);
        }
    }

    private void send(Slot slot) {
        ApiMessage response = slot.response();
        if (response == null) {
            if (slot == alone) {
                endAlone();
            }
            return;
        }
        ResponsePlan plan;
        ChannelFuture sent;
        try {
            plan = new ResponsePlan(slot.api(), slot.responseVersion, slot.envelope.correlationId(), response);
            sent = ReplyWriter.write(ctx, plan);
        } catch (RuntimeException e) {
            String what = "Cannot encode the response to " + slot.api() + " version " + slot.responseVersion;
            warnings.warn(ClientWarnings.Kind.RESPONSE_NOT_ENCODED, System.nanoTime(), what + ": " + e);
            LOG.debug("{}", what, e);
            FileHolds.release(response);
            close();
            return;
        }
        int size = plan.frameBytes();
        unsentBytes += size;
        metrics.sent(slot.api(), size);
        dirty = true;
        sent.addListener(done -> onSent(slot, size));
    }

    private void onSent(Slot slot, int size) {
        unsentBytes -= size;
        if (slot == alone) {
            endAlone();
        }
        lastProgressNanos = System.nanoTime();
        updateReading();
        closeIfDrained();
    }

    private void flush() {
        if (dirty) {
            dirty = false;
            ctx.flush();
        }
    }

    private void updateReading() {
        boolean wanted = takesMore() && !waitingForMemory;
        if (wanted != reading && life != Life.CLOSED) {
            reading = wanted;
            ctx.channel().config().setAutoRead(wanted);
            Runnable more = heldBack;
            if (wanted && more != null) {
                heldBack = null;
                more.run();
            }
        }
    }

    private static void discard(Slot slot) {
        ApiMessage response = slot.response();
        if (response != null) {
            FileHolds.release(response);
            slot.answer(null);
        }
    }

    private final class SlotLink implements RequestContext.Link {
        private final Slot slot;

        SlotLink(Slot slot) {
            this.slot = slot;
        }

        @Override
        public long number() {
            return id;
        }

        @Override
        public void onAbandoned(Runnable action) {
            slot.onAbandoned(action);
        }

        @Override
        public void bytesDone() {
            releaseLater(slot);
        }

        @Override
        public void ofBroker() {
            place.ofBroker();
        }

        @Override
        public void alone(Runnable whenSent) {
            slot.whenSent(whenSent);
            alone = slot;
        }
    }

    /** Takes the reply to one request; called once, on the event loop. */
    final class ReplyHandle {
        private final Slot slot;
        private final long startNanos;

        ReplyHandle(Slot slot, long startNanos) {
            this.slot = slot;
            this.startNanos = startNanos;
        }

        /** The request is refused as a whole. */
        void failed(Errors error) {
            metrics.failed(slot.api(), error);
        }

        /** Sends the response in its turn; null where the client expects none. */
        void reply(@Nullable ApiMessage response) {
            metrics.completed(slot.api(), System.nanoTime() - startNanos);
            complete(slot, response);
        }

        /** This broker does not serve clients yet: the connection ends without a word, and the client tries again. */
        void turnAway() {
            complete(slot, null);
            close();
        }

        /** The request cannot be answered at all: the connection ends. */
        void refuse(String reason) {
            complete(slot, null);
            reject(reason);
        }
    }
}
