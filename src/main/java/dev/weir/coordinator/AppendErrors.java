package dev.weir.coordinator;

import org.apache.kafka.common.protocol.Errors;

/** The meaning of a failed append: to a client, that it tries again here or looks for the coordinator; and to the log. */
public final class AppendErrors {
    private AppendErrors() {}

    /** The coordinator's error for one of its log. */
    public static Errors toCoordinator(Errors error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID,
                    NOT_ENOUGH_REPLICAS,
                    NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                    REQUEST_TIMED_OUT,
                    THROTTLING_QUOTA_EXCEEDED,
                    BROKER_NOT_AVAILABLE -> Errors.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, KAFKA_STORAGE_ERROR ->
                Errors.NOT_COORDINATOR;
            default -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    /** Whether the log holds nothing of what it refused with this error, and never will. */
    public static boolean nothingWritten(Errors error) {
        return error == Errors.KAFKA_STORAGE_ERROR
                || error == Errors.NOT_ENOUGH_REPLICAS
                || error == Errors.MESSAGE_TOO_LARGE
                || error == Errors.RECORD_LIST_TOO_LARGE;
    }

    /** Whether the log and the coordinator only disagree on the leader epoch. */
    public static boolean epochDiffers(Errors error) {
        return error == Errors.FENCED_LEADER_EPOCH || error == Errors.UNKNOWN_LEADER_EPOCH;
    }
}
