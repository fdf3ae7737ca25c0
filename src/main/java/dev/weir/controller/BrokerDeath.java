package dev.weir.controller;

import org.apache.kafka.common.Uuid;

/**
 * The death of a broker's process, as something other than its silence has shown.
 *
 * @param brokerId which broker
 * @param incarnationId of the process that is dead; a later one is not meant
 * @param evidence how it is known, for the log
 */
public record BrokerDeath(int brokerId, Uuid incarnationId, String evidence) {}
