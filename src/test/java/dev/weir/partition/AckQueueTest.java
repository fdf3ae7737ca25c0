package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.PendingAppend.Ack;
import dev.weir.partition.client.AppendResult;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class AckQueueTest {
    private final Deadlines deadlines = new Deadlines();
    private final AckQueue queue = new AckQueue(deadlines);
    private final List<String> answers = new ArrayList<>();

    @Test
    void shouldNotLetReplicationHoldUpLocalAcknowledgements() {
        add("all", 1, true);
        add("one", 2, false);

        queue.settle(2, 0, true);
        assertThat(answers).containsExactly("one NONE");
        queue.settle(2, 1, true);

        assertThat(answers).containsExactly("one NONE", "all NONE");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void shouldSayWhenTheReplicasHaveBecomeTooFewSinceTheAppend() {
        add("all", 1, true);
        add("one", 2, false);

        queue.settle(2, 0, false);

        assertThat(answers).containsExactlyInAnyOrder("one NONE", "all NOT_ENOUGH_REPLICAS_AFTER_APPEND");
    }

    @Test
    void shouldFailWhatWasAppendedInAnotherLeaderEpochAndKeepTheRest() {
        add("old", 1, true, 3);
        add("kept", 2, true, 5);

        queue.fail(ack -> ack.leaderEpoch() != 5, AppendResult.unclear(Errors.NOT_LEADER_OR_FOLLOWER, "it has moved"));
        queue.settle(2, 2, true);

        assertThat(answers).containsExactly("old NOT_LEADER_OR_FOLLOWER", "kept NONE");
    }

    @Test
    void shouldAnswerARequestWhenItsLastPartitionIsSettled() {
        List<Errors> results = new ArrayList<>();
        PendingAppend pending = new PendingAppend(2, () -> {}, all -> all.forEach(r -> results.add(r.error())));
        queue.add(ack(pending, 0, 1, true));
        queue.add(ack(pending, 1, 2, true));

        queue.settle(2, 1, true);
        assertThat(results).isEmpty();
        queue.failAbove(0, AppendResult.unclear(Errors.NOT_LEADER_OR_FOLLOWER, "moved"));

        assertThat(results).containsExactly(Errors.NONE, Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void shouldDropWhatItsDeadlineAnswered() {
        PendingAppend pending = new PendingAppend(
                1, () -> {}, all -> answers.add(all.get(0).error().name()));
        queue.add(ack(pending, 0, 1, true));
        pending.expireAt(10, deadlines, () -> answers.add("written first"));

        deadlines.expire(10);
        assertThat(answers).containsExactly("written first", "REQUEST_TIMED_OUT");
        assertThat(queue.isEmpty()).isFalse();
        queue.dropSettled();

        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void shouldForgetTheDeadlineOfAnAnsweredRequest() {
        PendingAppend pending = new PendingAppend(1, () -> {}, all -> answers.add("answered"));
        queue.add(ack(pending, 0, 1, true));
        pending.expireAt(10, deadlines, () -> answers.add("never"));

        queue.settle(1, 1, true);

        assertThat(deadlines.size()).isZero();
        assertThat(answers).containsExactly("answered");
    }

    private void add(String name, long requiredOffset, boolean allReplicas) {
        add(name, requiredOffset, allReplicas, 0);
    }

    private void add(String name, long requiredOffset, boolean allReplicas, int leaderEpoch) {
        PendingAppend pending = new PendingAppend(
                1, () -> {}, all -> answers.add(name + " " + all.get(0).error()));
        queue.add(ack(pending, 0, requiredOffset, allReplicas, leaderEpoch));
    }

    private static Ack ack(PendingAppend pending, int index, long requiredOffset, boolean allReplicas) {
        return ack(pending, index, requiredOffset, allReplicas, 0);
    }

    private static Ack ack(
            PendingAppend pending, int index, long requiredOffset, boolean allReplicas, int leaderEpoch) {
        AppendResult good =
                new AppendResult(Errors.NONE, requiredOffset - 1, requiredOffset, -1, 0, null, List.of(), true);
        return new Ack(pending, index, good, requiredOffset, allReplicas, leaderEpoch);
    }
}
