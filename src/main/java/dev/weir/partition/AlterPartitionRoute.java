package dev.weir.partition;

import io.vertx.core.Future;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;

/** The way to whoever decides on ISRs. Safe on any thread. */
@FunctionalInterface
public interface AlterPartitionRoute {
    /** Asks for changes of ISRs; the future completes on the caller's context, within a bounded time. */
    Future<AlterPartitionResponseData> alterPartition(AlterPartitionRequestData request);
}
