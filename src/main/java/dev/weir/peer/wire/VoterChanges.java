package dev.weir.peer.wire;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What the responses to changes of voters have in common. They name neither epoch nor leader. */
final class VoterChanges {
    private VoterChanges() {}

    static @Nullable String message(VoterChangeResponse response) {
        if (response.error() == Errors.NONE) {
            return null;
        }
        return response.message().isEmpty() ? response.error().message() : response.message();
    }

    static QuorumAnswer answer(short errorCode, @Nullable String message) {
        return QuorumAnswer.of(
                new VoterChangeResponse(Errors.forCode(errorCode), -1, -1, message == null ? "" : message));
    }
}
