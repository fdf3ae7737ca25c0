package dev.weir.quorum;

/**
 * A peer's request on its way to this broker's replica of the metadata log.
 *
 * @param connection the number of the connection that it came over; no two connections have the same
 */
public record QuorumCall(QuorumRequest request, long connection) {}
