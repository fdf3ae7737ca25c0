package dev.weir.quorum;

/**
 * The error of a {@code quorum-state} file that cannot be read. It says nothing about what the replica has promised, so it
 * must not be treated as a file that is not there.
 */
public final class DamagedQuorumStateException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedQuorumStateException(String reason) {
        super("quorum-state is damaged: " + reason);
    }
}
