package dev.weir.config;

/**
 * The settings that one group obeys: its own values over the broker's. Immutable.
 *
 * @param consumerSessionTimeoutMs {@code consumer.session.timeout.ms}: a silent member leaves after this
 * @param consumerHeartbeatIntervalMs {@code consumer.heartbeat.interval.ms}: what members are told
 * @param consumerAssignmentIntervalMs {@code consumer.assignment.interval.ms}: the least time between two assignments
 */
public record GroupConfig(
        int consumerSessionTimeoutMs, int consumerHeartbeatIntervalMs, int consumerAssignmentIntervalMs) {}
