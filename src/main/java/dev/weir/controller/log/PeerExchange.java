package dev.weir.controller.log;

import dev.weir.quorum.LogBatch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumEffect.AnswerRecords;
import dev.weir.quorum.QuorumEffect.AnswerSnapshot;
import dev.weir.quorum.QuorumEffect.Send;
import dev.weir.quorum.QuorumEvent;
import dev.weir.quorum.QuorumResponse;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.VoterSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests to and from the other replicas, with the bytes that travel beside them. Owned by the driver's thread. */
final class PeerExchange {
    private static final Logger LOG = LoggerFactory.getLogger(PeerExchange.class);
    private static final int FETCH_BYTES = 1024 * 1024;
    private static final int SNAPSHOT_BYTES = 1024 * 1024;

    private final DriverPorts ports;
    private final MetadataLogStore store;
    private final Map<Long, PeerRequest> waiting = new HashMap<>();
    private long lastRequestId;
    private @Nullable Read lastRead;

    PeerExchange(DriverPorts ports, MetadataLogStore store) {
        this.ports = ports;
        this.store = store;
    }

    // ---- requests of this replica

    void send(Send send, VoterSet voters, Consumer<QuorumDriver.Incoming> answers) {
        int to = send.to();
        long correlationId = send.correlationId();
        ports.transport()
                .send(
                        to,
                        voters,
                        send.request(),
                        answer -> ports.owner().execute(() -> answers.accept(incoming(to, correlationId, answer))),
                        () -> ports.owner().execute(() -> answers.accept(unanswered(to, correlationId))));
    }

    private static QuorumDriver.Incoming unanswered(int to, long correlationId) {
        return new QuorumDriver.Incoming(new QuorumEvent.Unanswered(to, correlationId), List.of());
    }

    private static QuorumDriver.Incoming incoming(int from, long correlationId, QuorumAnswer answer) {
        List<LoggedBatch> batches = List.of();
        QuorumResponse response = answer.response();
        if (response instanceof FetchResponse fetched && answer.bytes().hasRemaining()) {
            try {
                batches = MetadataBatches.parse(answer.bytes());
            } catch (KafkaException e) {
                LOG.warn(
                        "Records of the metadata log came damaged from {} and are fetched again: {}",
                        from,
                        e.toString());
                return unanswered(from, correlationId);
            }
            List<LogBatch> shapes = batches.stream().map(LoggedBatch::batch).toList();
            response = fetched.with(shapes);
        } else if (response instanceof FetchSnapshotResponse snapshot) {
            response = with(snapshot, answer.bytes(), snapshot.size());
        }
        return new QuorumDriver.Incoming(new QuorumEvent.Responded(from, correlationId, response), batches);
    }

    // ---- requests of others

    /** Takes note of who asks. Returns the number of the request. */
    long incoming(PeerRequest caller) {
        long id = ++lastRequestId;
        waiting.put(id, caller);
        return id;
    }

    void answer(long requestId, QuorumAnswer answer) {
        PeerRequest caller = waiting.remove(requestId);
        if (caller != null) {
            caller.answered(answer);
        }
    }

    void answer(AnswerRecords answer) throws IOException {
        answer(answer.requestId(), new QuorumAnswer(answer.head(), records(answer.fetchOffset())));
    }

    /** News wake all that wait for them: they share the bytes. */
    private ByteBuffer records(long fetchOffset) throws IOException {
        long end = store.endOffset();
        Read last = lastRead;
        if (last == null || last.fetchOffset() != fetchOffset || last.endOffset() != end) {
            ByteBuffer bytes = fetchOffset < end ? store.read(fetchOffset, FETCH_BYTES) : ByteBuffer.allocate(0);
            last = new Read(fetchOffset, end, bytes.asReadOnlyBuffer());
            lastRead = last;
        }
        return last.bytes().duplicate();
    }

    /** Takes no note any more of what was read: the next event may change the log. */
    void forgetReads() {
        lastRead = null;
    }

    void answer(AnswerSnapshot answer) throws IOException {
        FetchSnapshotResponse head = answer.head();
        SnapshotId id = SnapshotId.of(head.snapshotId());
        long size = store.files().sizeOf(id);
        if (size < 0) {
            answer(answer.requestId(), QuorumAnswer.of(refused(head, Errors.SNAPSHOT_NOT_FOUND)));
        } else if (head.position() < 0 || head.position() >= size) {
            answer(answer.requestId(), QuorumAnswer.of(refused(head, Errors.POSITION_OUT_OF_RANGE)));
        } else {
            ByteBuffer some = store.files().readSnapshot(id, head.position(), SNAPSHOT_BYTES);
            FetchSnapshotResponse response = with(head, some, size);
            answer(answer.requestId(), new QuorumAnswer(withoutData(response), some.asReadOnlyBuffer()));
        }
    }

    /** Tells everybody who waits that there will be no answer. */
    void fail(Errors error) {
        List<PeerRequest> all = List.copyOf(waiting.values());
        waiting.clear();
        all.forEach(caller -> caller.failed(error));
    }

    private static FetchSnapshotResponse with(FetchSnapshotResponse head, ByteBuffer bytes, long size) {
        return new FetchSnapshotResponse(
                head.error(),
                head.epoch(),
                head.leaderId(),
                head.snapshotId(),
                head.position(),
                bytes.remaining(),
                size,
                Optional.of(new RawBytes(bytes)));
    }

    private static FetchSnapshotResponse withoutData(FetchSnapshotResponse response) {
        return new FetchSnapshotResponse(
                response.error(),
                response.epoch(),
                response.leaderId(),
                response.snapshotId(),
                response.position(),
                response.length(),
                response.size(),
                Optional.empty());
    }

    private static FetchSnapshotResponse refused(FetchSnapshotResponse head, Errors error) {
        return new FetchSnapshotResponse(
                error, head.epoch(), head.leaderId(), head.snapshotId(), head.position(), 0, 0, Optional.empty());
    }

    /** What the log held from {@code fetchOffset} on while it ended at {@code endOffset}. */
    private record Read(long fetchOffset, long endOffset, ByteBuffer bytes) {}
}
