package dev.weir.group.core;

import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request to the coordinator of one {@code __consumer_offsets} partition.
 *
 * @param requestId chosen by the driver, unique while the core lives; comes back in {@link GroupEffect.Reply}
 * @param request the Kafka request data; a batched request holds only the groups of this partition
 * @param apiVersion the version that the client spoke; answers are shaped for it
 * @param clientId the client's name for itself, perhaps empty
 * @param clientHost the address that the request came from, for example {@code /127.0.0.1}
 */
public record GroupCall(long requestId, ApiMessage request, short apiVersion, String clientId, String clientHost) {
    /**
     * A request that no driver has taken yet.
     *
     * @param clientId perhaps empty
     * @param clientHost for example {@code /127.0.0.1}
     */
    public static GroupCall of(ApiMessage request, short apiVersion, String clientId, String clientHost) {
        return new GroupCall(-1, request, apiVersion, clientId, clientHost);
    }

    /** The same call under the number that its driver gives it. */
    public GroupCall withId(long id) {
        return new GroupCall(id, request, apiVersion, clientId, clientHost);
    }

    /** The same caller, asking for another thing: a part of the request, or the request in other words. */
    public GroupCall withRequest(ApiMessage other) {
        return new GroupCall(requestId, other, apiVersion, clientId, clientHost);
    }
}
