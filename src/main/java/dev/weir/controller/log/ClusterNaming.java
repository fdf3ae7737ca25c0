package dev.weir.controller.log;

import java.io.IOException;

/** The place where a broker keeps the id of its cluster. Called on the thread that owns the log, once at most. */
public interface ClusterNaming {
    /** Keeps the id that the first leader has made, durably when this returns. */
    void name(String clusterId) throws IOException;
}
