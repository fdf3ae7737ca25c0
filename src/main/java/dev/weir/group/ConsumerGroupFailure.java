package dev.weir.group;

import org.apache.kafka.common.protocol.Errors;

/** Why a request is refused: an expected failure, found before anything was written. */
record ConsumerGroupFailure(Errors error, String message) {}
