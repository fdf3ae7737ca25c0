package dev.weir.controller.log;

import dev.weir.quorum.QuorumTransport;
import java.util.concurrent.Executor;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

/**
 * What the driver of the quorum needs of its surroundings.
 *
 * @param owner runs tasks in order on the thread that owns the log
 * @param syncs runs syncs, one at a time
 * @param background runs what may take long, as the writing of a snapshot
 * @param monotonicMs a clock for durations; read on any thread
 * @param wallMs a clock for timestamps; read on any thread
 * @param chance a random number from 0 to below the one it is given
 * @param transport the way to the other replicas
 * @param naming keeps the id of the cluster, if it is not known yet
 */
public record DriverPorts(
        Executor owner,
        Executor syncs,
        Executor background,
        LongSupplier monotonicMs,
        LongSupplier wallMs,
        IntUnaryOperator chance,
        QuorumTransport transport,
        ClusterNaming naming) {}
