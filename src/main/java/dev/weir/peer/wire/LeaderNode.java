package dev.weir.peer.wire;

/**
 * The leader of the quorum and where it is reached.
 *
 * @param id its broker id
 * @param host as advertised
 * @param port as advertised
 */
public record LeaderNode(int id, String host, int port) {}
