package dev.weir.bench.load;

import dev.weir.bench.broker.KafkaBroker;
import dev.weir.bench.run.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.internal.CompressionType;

/** The rows of this package, in the order in which they run. */
public final class LoadRows {
    private static final long ROUND_BYTES = 1_500_000_000L;
    private static final long BACKLOG_BYTES = 1_500_000_000L;
    private static final long CONSUMED_BYTES = 8_000_000_000L;
    private static final long UNBOUNDED = Long.MAX_VALUE;
    private static final int[] RATES = {500, 5_000, 20_000};

    private LoadRows() {}

    /**
     * @param kafka gives Kafka's tools
     * @param scale of the backlogs that are consumed
     */
    public static List<Row> all(KafkaBroker kafka, double scale) {
        List<Row> rows = new ArrayList<>();
        for (Shape shape : shapes()) {
            rows.add(LoadRow.of(
                    "produce-raw-" + shape.name(),
                    "replayed Produce frames, five in flight; " + shape.about(),
                    Duration.ofSeconds(3),
                    ROUND_BYTES,
                    new RawProduce(shape)));
        }
        for (Shape shape : shapes()) {
            rows.add(LoadRow.of(
                    "produce-client-" + shape.name(),
                    "one Kafka producer, `linger.ms=100`; " + shape.about(),
                    Duration.ofSeconds(4),
                    ROUND_BYTES,
                    new ClientProduce(shape)));
        }
        rows.add(LoadRow.of(
                "produce-tool",
                "`kafka-producer-perf-test` as a process, acks=1, 1 KiB records, full batches",
                Duration.ofSeconds(60),
                ROUND_BYTES / 2,
                new PerfTools(kafka)));
        addConsumeRows(rows, (long) Math.max(20e6, BACKLOG_BYTES * scale));
        for (int rate : RATES) {
            rows.add(LoadRow.of(
                    "latency-" + rate,
                    "Kafka producer (`linger.ms=0`, acks=all) to Kafka consumer at " + rate
                            + " 1 KiB records/s, from when each was due",
                    Duration.ofSeconds(8),
                    UNBOUNDED,
                    new EndToEnd(rate)));
        }
        rows.add(LoadRow.of(
                "connections-1000",
                "1,000 connections, each producing a 100 B record four times a second, from when each was due",
                Duration.ofSeconds(6),
                UNBOUNDED,
                new Connections(1_000)));
        rows.add(LoadRow.of(
                "commit-one-group",
                "one connection committing 100 partitions of one group with each request, five requests in flight",
                Duration.ofSeconds(4),
                UNBOUNDED,
                new Commits(1, 100, 1)));
        rows.add(LoadRow.of(
                "commit-many-groups",
                "8 connections committing one partition each for 1,000 groups in turn, five requests in flight",
                Duration.ofSeconds(4),
                UNBOUNDED,
                new Commits(1_000, 1, 8)));
        for (int producers : new int[] {1, 16}) {
            rows.add(new LoadRow(
                    "fsync-" + producers,
                    number(producers, "connection") + " sending single 1 KiB records, five in flight, with `"
                            + Fsync.SETTING + "=1`",
                    Map.of(Fsync.SETTING, "1"),
                    new Bounds(Duration.ofSeconds(5), UNBOUNDED),
                    new Fsync(producers)));
        }
        return rows;
    }

    private static void addConsumeRows(List<Row> rows, long backlog) {
        for (int consumers : new int[] {1, 4}) {
            rows.add(LoadRow.of(
                    "consume-raw-" + consumers,
                    number(consumers, "connection")
                            + " replaying Fetch frames, each over the whole backlog of 1 KiB records",
                    Duration.ofSeconds(4),
                    CONSUMED_BYTES,
                    new RawConsume(consumers, backlog)));
        }
        for (int consumers : new int[] {1, 4}) {
            rows.add(LoadRow.of(
                    "consume-client-" + consumers,
                    number(consumers, "Kafka consumer")
                            + " without a group, each over the whole backlog of 1 KiB records",
                    Duration.ofSeconds(4),
                    CONSUMED_BYTES,
                    new ClientConsume(consumers, backlog)));
        }
        rows.add(LoadRow.of(
                "tail-raw",
                "replayed Produce frames (acks=1, 1 KiB, full batches) and a connection fetching what they wrote",
                Duration.ofSeconds(4),
                ROUND_BYTES,
                new RawTail()));
        rows.add(LoadRow.of(
                "tail-client",
                "one Kafka producer (acks=1, 1 KiB, full batches) and one Kafka consumer beside it",
                Duration.ofSeconds(5),
                ROUND_BYTES,
                new ClientTail()));
    }

    private static String number(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static List<Shape> shapes() {
        List<Shape> shapes = new ArrayList<>();
        for (boolean acksAll : new boolean[] {false, true}) {
            for (int bytes : new int[] {1024, 100}) {
                for (CompressionType codec : new CompressionType[] {CompressionType.NONE, CompressionType.LZ4}) {
                    shapes.add(new Shape(acksAll, bytes, codec));
                }
            }
        }
        return shapes;
    }
}
