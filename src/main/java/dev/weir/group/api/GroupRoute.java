package dev.weir.group.api;

import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * The coordinators that a group request goes to.
 *
 * @param <Q> the request message of kafka-clients
 */
public sealed interface GroupRoute<Q extends ApiMessage> {
    /**
     * To the coordinator of one group.
     *
     * @param groupId of the group that the request names
     */
    record ToOne<Q extends ApiMessage>(Function<Q, String> groupId) implements GroupRoute<Q> {}

    /** To the coordinator of each group that the request names; the answers are merged. */
    record ToMany<Q extends ApiMessage>(Splitter<Q> splitter) implements GroupRoute<Q> {}

    /** To all coordinators of this broker. */
    record ToAll<Q extends ApiMessage>() implements GroupRoute<Q> {}

    /** Parts a request by the partition of its groups. */
    interface Splitter<Q extends ApiMessage> {
        /** @param partitionOf the partition of {@code __consumer_offsets} that keeps a group */
        GroupBatch split(Q request, ToIntFunction<String> partitionOf);
    }
}
