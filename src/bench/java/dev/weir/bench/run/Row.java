package dev.weir.bench.run;

/** One row of the benchmark: it measures one thing of both brokers and puts the figures into the session's results. */
public interface Row {

    /** How it is chosen and printed. */
    String name();

    /** What it does, in a sentence for the page. */
    String about();

    /** Runs it to the end. What goes wrong is an exception; the session notes it and goes on with the next row. */
    void run(Session session) throws Exception;
}
