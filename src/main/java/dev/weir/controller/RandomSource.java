package dev.weir.controller;

import org.apache.kafka.common.Uuid;

/** The source of randomness for decisions; a test gives them a known one. */
public interface RandomSource {
    /** A new id, not handed out before and none of Kafka's reserved ones. */
    Uuid newId();

    /** A number from 0 to {@code bound - 1}. */
    int below(int bound);
}
