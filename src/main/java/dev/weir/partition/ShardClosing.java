package dev.weir.partition;

import dev.weir.storage.SyncTask;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the logs of a shard, {@value #AT_ONCE} at a time: a disk takes syncs that come together in little more time than
 * one. Owned by the shard; nothing else may touch its partitions any more.
 */
final class ShardClosing {
    static final int AT_ONCE = 16;
    private static final Logger LOG = LoggerFactory.getLogger(ShardClosing.class);

    private final Iterator<Partition> rest;
    private final LogSyncs.Runner runner;
    private final Consumer<Boolean> done;
    private int running;
    private boolean clean = true;
    private boolean over;

    private ShardClosing(Collection<Partition> partitions, LogSyncs.Runner runner, Consumer<Boolean> done) {
        this.rest = List.copyOf(partitions).iterator();
        this.runner = runner;
        this.done = done;
    }

    /**
     * Closes all partitions.
     *
     * @param done hears once, on the shard's thread, whether every log is synced and closed
     */
    static void close(Collection<Partition> partitions, LogSyncs.Runner runner, Consumer<Boolean> done) {
        partitions.forEach(Partition::end);
        ShardClosing closing = new ShardClosing(partitions, runner, done);
        closing.fill();
    }

    private void fill() {
        while (running < AT_ONCE && rest.hasNext()) {
            begin(rest.next());
        }
        if (running == 0 && !over) {
            over = true;
            done.accept(clean);
        }
    }

    private void begin(Partition partition) {
        try {
            SyncTask last = partition.beginClose();
            if (last == null) {
                partition.endClose(null);
                return;
            }
            running++;
            runner.run(last, (failure, nowMs) -> {
                running--;
                if (failure != null) {
                    failed(partition, failure);
                }
                partition.endClose(last);
                fill();
            });
        } catch (Throwable e) {
            failed(partition, e);
            partition.endClose(null);
        }
    }

    private void failed(Partition partition, Throwable cause) {
        LOG.error("Cannot close {} in order", partition.name(), cause);
        clean = false;
    }
}
