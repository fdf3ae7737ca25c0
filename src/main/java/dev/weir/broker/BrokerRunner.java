package dev.weir.broker;

import dev.weir.config.BrokerConfig;

/** Runs a broker until it is stopped. */
@FunctionalInterface
interface BrokerRunner {
    /**
     * Starts a broker and waits for its end.
     *
     * @return the process's exit code: 0 after an orderly stop, 1 if it couldn't start
     */
    int run(BrokerConfig config);
}
