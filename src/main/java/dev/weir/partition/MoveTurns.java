package dev.weir.partition;

/** The way from the steps of a move back to {@link LogMoves}, which owns all moves. */
interface MoveTurns {
    /** Whether the move goes on: it has not been given up, and the shard is not closed. */
    boolean goesOn(LogMove move);

    /** Sees to a turn, after this time at the latest. */
    void scheduleTurn(long waitMs);

    /** Ends a move that has failed; the log stays where it is. */
    void giveUp(LogMove move, Throwable cause, long nowMs);

    /** Forgets a move that has ended well. */
    void ended(LogMove move);
}
