package dev.weir.bench.group;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.Frames;
import dev.weir.bench.raw.RawConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Readable;

/** One connection that asks and waits for the answer. One thread uses it. */
final class Asker implements AutoCloseable {
    private static final short FIND_COORDINATOR = 4;
    private static final long PAUSE_NANOS = 10_000_000;

    private final RawConnection connection;

    /** @param limit bounds the whole life of the connection */
    Asker(RunningBroker broker, Duration limit) throws IOException {
        connection = RawConnection.open(broker.address(), limit);
    }

    <T> T ask(ApiKeys api, short version, ApiMessage request, BiFunction<Readable, Short, T> read) throws IOException {
        connection.write(Frames.request(api, version, request));
        return read.apply(Frames.body(connection.read(), api, version), version);
    }

    /** Makes the broker create the group log, and waits until this group has a coordinator. */
    void awaitCoordinator(String group) throws IOException {
        FindCoordinatorRequestData request =
                new FindCoordinatorRequestData().setKeyType((byte) 0).setCoordinatorKeys(List.of(group));
        while (ask(ApiKeys.FIND_COORDINATOR, FIND_COORDINATOR, request, FindCoordinatorResponseData::new)
                        .coordinators()
                        .get(0)
                        .errorCode()
                != 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
