package dev.weir.network.api;

import org.apache.kafka.common.protocol.Errors;

/** Errors in the terms of APIs that know topics by name only. */
final class TopicErrors {
    private TopicErrors() {}

    /** The shards know topics by id; a client that named one expects the error about names. */
    static Errors byName(Errors error) {
        return error == Errors.UNKNOWN_TOPIC_ID ? Errors.UNKNOWN_TOPIC_OR_PARTITION : error;
    }
}
