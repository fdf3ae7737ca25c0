package dev.weir.bench.raw;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Commits offsets for some groups in turn, with pre-built frames, and checks every answer. One thread uses it. */
public final class Committer implements AutoCloseable {
    private static final short COMMIT = 8;
    private static final short FIND_COORDINATOR = 4;
    private static final int DEPTH = 5;
    private static final long PAUSE_NANOS = 10_000_000;

    private final RawConnection connection;
    private final List<ByteBuffer> frames;

    /**
     * @param groups in whose name it commits; they have no members
     * @param partitions of the topic, all of which each request commits
     * @param limit bounds the whole life of the committer
     */
    public Committer(InetSocketAddress address, List<String> groups, String topic, int partitions, Duration limit)
            throws IOException {
        connection = RawConnection.open(address, limit);
        frames = groups.stream().map(group -> frame(group, topic, partitions)).toList();
        for (String group : groups) {
            awaitCoordinator(group);
        }
        for (ByteBuffer frame : frames) {
            do {
                connection.write(frame);
            } while (!isLoaded(receive()));
        }
    }

    /** Commits while {@code going} says so, then awaits the last answers; tells how many requests there were. */
    public long run(BooleanSupplier going) throws IOException {
        long sent = 0;
        int inFlight = 0;
        while (going.getAsBoolean()) {
            if (inFlight == DEPTH) {
                receive().maybeThrow();
                inFlight--;
            }
            connection.write(frames.get((int) (sent++ % frames.size())));
            inFlight++;
        }
        for (; inFlight > 0; inFlight--) {
            receive().maybeThrow();
        }
        return sent;
    }

    private static ByteBuffer frame(String group, String topic, int partitions) {
        List<OffsetCommitRequestPartition> all = IntStream.range(0, partitions)
                .mapToObj(i ->
                        new OffsetCommitRequestPartition().setPartitionIndex(i).setCommittedOffset(i))
                .toList();
        return Frames.request(
                ApiKeys.OFFSET_COMMIT,
                COMMIT,
                new OffsetCommitRequestData()
                        .setGroupId(group)
                        .setTopics(List.of(
                                new OffsetCommitRequestTopic().setName(topic).setPartitions(all))));
    }

    /** The first error of an answer. */
    private Errors receive() throws IOException {
        return new OffsetCommitResponseData(Frames.body(connection.read(), ApiKeys.OFFSET_COMMIT, COMMIT), COMMIT)
                .topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .map(partition -> Errors.forCode(partition.errorCode()))
                        .filter(error -> error != Errors.NONE)
                        .findFirst()
                        .orElse(Errors.NONE);
    }

    private static boolean isLoaded(Errors error) {
        if (error == Errors.COORDINATOR_LOAD_IN_PROGRESS || error == Errors.NOT_COORDINATOR) {
            LockSupport.parkNanos(PAUSE_NANOS);
            return false;
        }
        error.maybeThrow();
        return true;
    }

    private void awaitCoordinator(String group) throws IOException {
        ByteBuffer request = Frames.request(
                ApiKeys.FIND_COORDINATOR,
                FIND_COORDINATOR,
                new FindCoordinatorRequestData().setKeyType((byte) 0).setCoordinatorKeys(List.of(group)));
        Errors error;
        do {
            connection.write(request);
            error = Errors.forCode(new FindCoordinatorResponseData(
                            Frames.body(connection.read(), ApiKeys.FIND_COORDINATOR, FIND_COORDINATOR),
                            FIND_COORDINATOR)
                    .coordinators()
                    .get(0)
                    .errorCode());
            if (error != Errors.NONE) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } while (error == Errors.COORDINATOR_NOT_AVAILABLE);
        error.maybeThrow();
    }

    @Override
    public void close() {
        connection.close();
    }
}
