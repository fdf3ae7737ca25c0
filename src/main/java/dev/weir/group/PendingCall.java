package dev.weir.group;

import dev.weir.group.api.GroupApis;
import dev.weir.group.core.GroupCall;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * A request that is not answered yet.
 *
 * @param atMs when it came, in steady milliseconds
 * @param answer where its answer goes; called once
 */
record PendingCall(GroupCall call, long atMs, Consumer<ApiMessage> answer) {
    void refuse(Errors error) {
        answer.accept(GroupApis.refuse(call, error));
    }
}
