package dev.weir.group.consumer;

import org.apache.kafka.common.protocol.Errors;

/** Why a request is refused: an expected failure, found before anything was written. */
record Failure(Errors error, String message) {}
