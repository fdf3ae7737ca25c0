package dev.weir.group.api;

import dev.weir.group.core.GroupCall;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;

/**
 * One Kafka API of groups. {@link GroupApis} lists them all. Immutable.
 *
 * @param key the API
 * @param route which coordinators a request goes to, by version
 * @param refuser makes the response that refuses a whole request, in the shape that its version wants
 * @param asResponse turns response data back into the response class that knows where its errors are
 * @param beginsServed whether the first part of a response was served; it spares counting the errors of thousands of
 *     partitions
 * @param <Q> the request message of kafka-clients
 * @param <R> the response message of kafka-clients
 */
public record GroupApi<Q extends ApiMessage, R extends ApiMessage>(
        ApiKeys key,
        Routes<Q> route,
        Refuser<Q> refuser,
        BiFunction<R, Short, AbstractResponse> asResponse,
        Predicate<R> beginsServed) {

    /** The route of a request; some APIs name one group in old versions and many in new ones. */
    interface Routes<Q extends ApiMessage> {
        GroupRoute<Q> of(short version);
    }

    /** Makes the response that refuses a request. */
    interface Refuser<Q extends ApiMessage> {
        ApiMessage refuse(GroupCall call, Q request, Errors error);
    }

    /** The route of a request of this version. */
    public GroupRoute<Q> route(short version) {
        return route.of(version);
    }

    @SuppressWarnings("unchecked") // the key of the call has chosen this row
    ApiMessage refuse(GroupCall call, Errors error) {
        return refuser.refuse(call, (Q) call.request(), error);
    }

    @SuppressWarnings("unchecked") // the key of the response has chosen this row
    Errors refusal(ApiMessage response, short version) {
        R data = (R) response;
        if (beginsServed.test(data)) {
            return Errors.NONE;
        }
        Set<Errors> errors = asResponse.apply(data, version).errorCounts().keySet();
        return errors.size() == 1 ? errors.iterator().next() : Errors.NONE;
    }
}
