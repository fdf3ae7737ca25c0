package dev.weir.broker;

/** The broker cannot start, for a reason that one line tells. */
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailure(String line) {
        super(line, null, false, false);
    }
}
