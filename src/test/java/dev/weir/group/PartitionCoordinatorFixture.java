package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** The driver of one partition's groups, against a log whose appends the test lets through. */
abstract class PartitionCoordinatorFixture {
    static final int PARTITION = 4;
    static final int MAX_BATCH_BYTES = 1_000;
    static final short V9 = 9;

    final FakeCoordinatorLog log = new FakeCoordinatorLog();
    final GroupTimers timers = new GroupTimers(() -> {});
    final Map<Integer, ApiMessage> answers = new HashMap<>();
    final GroupCounters counters = new GroupCounters();
    long nowMs = 1_000;
    int asked;
    int newIds;
    final PartitionCoordinator coordinator = new PartitionCoordinator(
            PARTITION,
            log,
            () -> new GroupCoordinatorCore(
                    GroupRules.of(BrokerConfig.defaults()), () -> Integer.toString(++newIds), new NoConsumerGroups()),
            timers,
            counters,
            Compression.NONE,
            () -> MAX_BATCH_BYTES,
            () -> nowMs,
            () -> nowMs);

    /** What is in the log is loaded again. */
    void leadershipMovesAwayAndBack() {
        coordinator.resign(100);
        coordinator.lead(101);
    }

    long committed() {
        return Objects.requireNonNull(
                        Objects.requireNonNull(coordinator.core()).offsets().get(ClassicRequests.GROUP, "t", 0))
                .offset();
    }

    static TxnOffsetCommitRequestData transactional() {
        return new TxnOffsetCommitRequestData()
                .setGroupId(ClassicRequests.GROUP)
                .setTransactionalId("tx")
                .setProducerId(77)
                .setProducerEpoch((short) 3)
                .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(9)))));
    }

    void fireUntil(long untilMs) {
        while (timers.nextMs() <= untilMs) {
            nowMs = Math.max(nowMs, timers.nextMs());
            timers.fire(nowMs, (partition, key) -> {
                assertThat(partition).isEqualTo(PARTITION);
                coordinator.onTimer(key);
            });
        }
        nowMs = untilMs;
    }

    int ask(ApiMessage request) {
        return ask(request, request instanceof org.apache.kafka.common.message.HeartbeatRequestData ? 4 : V9);
    }

    int ask(ApiMessage request, short apiVersion) {
        int id = asked++;
        coordinator.handle(
                GroupCall.of(request, apiVersion, "client", "/h"),
                answer ->
                        assertThat(answers.put(id, answer)).as("answered once").isNull());
        return id;
    }

    Errors error(int id) {
        return GroupReplies.error(Objects.requireNonNull(answers.get(id), "no answer"));
    }
}
