package dev.weir.bench.broker;

import dev.weir.bench.raw.Frames;
import dev.weir.bench.raw.RawConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * What counts as a broker's first answer: it speaks (ApiVersions), it names itself (Metadata), and it knows the leaders
 * of at least so many partitions.
 *
 * @param partitions how many partitions of any topics must have a leader; with 0, topics are not asked for
 */
public record FirstAnswer(int partitions) {
    /** A broker that speaks and names itself. */
    public static final FirstAnswer ANY = new FirstAnswer(0);

    private static final short API_VERSIONS = 3;
    private static final short METADATA = 12;
    private static final long PAUSE_NANOS = 2_000_000;

    /** Longer, because an answer about thousands of partitions is itself work for the broker. */
    private static final long TOPICS_PAUSE_NANOS = 20_000_000;

    /** Asks until the answer is right; a process that ends, or no answer within {@code limit}, is an exception. */
    void await(InetSocketAddress address, BooleanSupplier alive, Duration limit) throws IOException {
        long start = System.nanoTime();
        String last = "no connection";
        while (System.nanoTime() - start < limit.toNanos()) {
            if (!alive.getAsBoolean()) {
                throw new IOException("the process ended before it answered");
            }
            try (RawConnection connection = RawConnection.open(address, limit)) {
                if (isReady(connection)) {
                    return;
                }
                last = "not ready";
            } catch (IOException e) {
                last = String.valueOf(e.getMessage());
            }
            LockSupport.parkNanos(partitions == 0 ? PAUSE_NANOS : TOPICS_PAUSE_NANOS);
        }
        throw new IOException("no answer within " + limit.toSeconds() + " s (" + last + ")");
    }

    private boolean isReady(RawConnection connection) throws IOException {
        connection.write(Frames.request(
                ApiKeys.API_VERSIONS,
                API_VERSIONS,
                new ApiVersionsRequestData().setClientSoftwareName("weir-bench").setClientSoftwareVersion("1")));
        ApiVersionsResponseData versions = new ApiVersionsResponseData(
                Frames.body(connection.read(), ApiKeys.API_VERSIONS, API_VERSIONS), API_VERSIONS);
        return versions.errorCode() == 0 && knowsLeaders(connection);
    }

    private boolean knowsLeaders(RawConnection connection) throws IOException {
        MetadataRequestData request = new MetadataRequestData()
                .setAllowAutoTopicCreation(false)
                // No list asks for all topics, an empty one for none.
                .setTopics(partitions == 0 ? List.of() : null);
        connection.write(Frames.request(ApiKeys.METADATA, METADATA, request));
        MetadataResponseData answer =
                new MetadataResponseData(Frames.body(connection.read(), ApiKeys.METADATA, METADATA), METADATA);
        long led = answer.topics().stream()
                .flatMap(found -> found.partitions().stream())
                .filter(partition -> partition.errorCode() == 0 && partition.leaderId() >= 0)
                .count();
        return !answer.brokers().isEmpty() && led >= partitions;
    }
}
