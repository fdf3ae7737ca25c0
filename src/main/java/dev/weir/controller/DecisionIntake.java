package dev.weir.controller;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.Errors;

/**
 * The requests that wait for the controller's decision. They are decided in turns, which go to the end of what the controller's
 * thread has to do: so the messages and timers of the quorum, which come there too, are never behind more than one turn. A turn
 * takes what brokers ask, in bounds, and then one request of a client. Owned by the controller's thread.
 */
final class DecisionIntake {
    /** How many requests of clients may wait, and how many of brokers. */
    static final int MOST_WAITING = 1_000;

    static final int OF_BROKERS_A_TURN = 100;

    /** A turn that has decided so many records takes no further request of a broker. */
    static final int RECORDS_A_TURN = 1_000;

    private final Executor thread;
    private final Deque<Request> ofBrokers = new ArrayDeque<>();
    private final Deque<Request> ofClients = new ArrayDeque<>();
    private boolean turnComes;

    /** @param thread does what it is given on the controller's thread, later and in order */
    DecisionIntake(Executor thread) {
        this.thread = thread;
    }

    /** Whose request it is. */
    enum From {
        /** A broker asks for itself. */
        BROKER,
        /** A client, or an operator with its tools. */
        CLIENT
    }

    /** A request that waits. Exactly one of the two is called, once. */
    interface Request {
        /** Decides, and answers sooner or later. Returns the number of records. */
        int decide();

        /** Answers that nothing is decided. */
        void refuse(Errors error);
    }

    /** Takes a request in; false if too many wait, and then it is forgotten. */
    boolean add(From from, Request request) {
        Deque<Request> queue = from == From.BROKER ? ofBrokers : ofClients;
        if (queue.size() >= MOST_WAITING) {
            return false;
        }
        queue.add(request);
        nextTurn();
        return true;
    }

    /** Refuses everything that waits. */
    void end(Errors error) {
        for (Deque<Request> queue : List.of(ofBrokers, ofClients)) {
            for (Request request = queue.poll(); request != null; request = queue.poll()) {
                request.refuse(error);
            }
        }
    }

    private void nextTurn() {
        if (!turnComes && !(ofBrokers.isEmpty() && ofClients.isEmpty())) {
            turnComes = true;
            thread.execute(this::turn);
        }
    }

    private void turn() {
        turnComes = false;
        try {
            int records = 0;
            for (int i = 0; i < OF_BROKERS_A_TURN && records < RECORDS_A_TURN && !ofBrokers.isEmpty(); i++) {
                records += ofBrokers.remove().decide();
            }
            if (!ofClients.isEmpty()) {
                ofClients.remove().decide();
            }
        } finally {
            nextTurn();
        }
    }
}
