package dev.weir.bench.group;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.FirstAnswer;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.life.OwnBroker;
import dev.weir.bench.load.Topics;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** A broker that has kept many committed offsets starts: how long after its first answer it can tell all of them. */
record ReplayRow(int offsets) implements Row {
    private static final Figure FIRST = Figure.of("first answer", "s");
    private static final Figure SERVED =
            Figure.of("then all offsets served", "s", Goal.below(3, "s").and(Goal.ratioAtMost(1)));
    private static final String TOPIC = "committed-0";
    private static final int PER_GROUP = 1_000;
    private static final int STARTS = 3;
    private static final short COMMIT = 8;
    private static final short FETCH = 8;
    private static final long PAUSE_NANOS = 5_000_000;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @Override
    public String name() {
        return "replay-offsets";
    }

    @Override
    public String about() {
        return offsets + " committed offsets of groups with " + PER_GROUP
                + " each, replayed at a start: from the first answer to the last group's offsets";
    }

    @Override
    public void run(Session session) throws Exception {
        session.endPair();
        int groups = (int) Math.max(8, session.scaled((long) offsets) / PER_GROUP);
        for (BrokerUnderTest kind : session.kinds()) {
            try (OwnBroker broker = OwnBroker.spawn(session, kind, JvmFlags.SAME)) {
                broker.secondsTo(FirstAnswer.ANY);
                Topics.create(broker.get(), List.of(TOPIC), PER_GROUP);
                commit(broker, groups);
                for (int i = 0; i < STARTS; i++) {
                    broker.stop();
                    broker.respawn(JvmFlags.SAME);
                    double first = broker.secondsTo(FirstAnswer.ANY);
                    double served = awaitAll(broker, groups);
                    session.record(
                            this,
                            kind.name(),
                            "start " + (i + 1) + "/" + STARTS,
                            List.of(FIRST.is(first), SERVED.is(served)));
                }
            }
        }
    }

    private static String group(int index) {
        return "group-" + index;
    }

    private static void commit(OwnBroker broker, int groups) throws IOException {
        List<OffsetCommitRequestPartition> partitions = IntStream.range(0, PER_GROUP)
                .mapToObj(i ->
                        new OffsetCommitRequestPartition().setPartitionIndex(i).setCommittedOffset(i))
                .toList();
        try (Asker asker = new Asker(broker.get(), LIMIT)) {
            asker.awaitCoordinator(group(0));
            for (int i = 0; i < groups; ) {
                OffsetCommitRequestData request = new OffsetCommitRequestData()
                        .setGroupId(group(i))
                        .setTopics(List.of(
                                new OffsetCommitRequestTopic().setName(TOPIC).setPartitions(partitions)));
                Errors error =
                        Errors.forCode(asker.ask(ApiKeys.OFFSET_COMMIT, COMMIT, request, OffsetCommitResponseData::new)
                                .topics()
                                .get(0)
                                .partitions()
                                .get(PER_GROUP - 1)
                                .errorCode());
                if (error == Errors.NONE) {
                    i++;
                } else if (error != Errors.COORDINATOR_LOAD_IN_PROGRESS && error != Errors.NOT_COORDINATOR) {
                    throw error.exception();
                }
            }
        }
    }

    /** The seconds until every group's offsets have been read, all of them. */
    private static double awaitAll(OwnBroker broker, int groups) throws IOException {
        long start = System.nanoTime();
        try (Asker asker = new Asker(broker.get(), LIMIT)) {
            for (int i = 0; i < groups; ) {
                OffsetFetchRequestData request = new OffsetFetchRequestData()
                        .setGroups(List.of(new OffsetFetchRequestGroup()
                                .setGroupId(group(i))
                                .setTopics(null)));
                OffsetFetchResponseGroup answer = asker.ask(
                                ApiKeys.OFFSET_FETCH, FETCH, request, OffsetFetchResponseData::new)
                        .groups()
                        .get(0);
                if (answer.errorCode() != Errors.NONE.code()) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                } else if (answer.topics().size() != 1
                        || answer.topics().get(0).partitions().size() != PER_GROUP) {
                    throw new IOException("offsets of " + group(i) + " are lost: " + answer);
                } else {
                    i++;
                }
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
