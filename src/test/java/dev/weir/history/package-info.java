/**
 * A history of what clients of a cluster did and saw, and a checker of it: after any faults the history must be one that a log
 * without faults could have given. Pure; the clients and the faults are in {@code dev.weir.it}. The anomalies are those of Jepsen's
 * workload for Kafka.
 */
package dev.weir.history;
