package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.heartbeat;
import static dev.weir.group.ClassicRequests.join;
import static dev.weir.group.ClassicRequests.sync;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver of one partition's groups: what it appends, and what becomes of those who wait for that. */
class PartitionCoordinatorAppendTest extends PartitionCoordinatorFixture {
    @Test
    void shouldAnswerACommitWhenItIsCommitted() {
        coordinator.lead(7);

        int commit = ask(commit("", -1, "t", 0, 5));
        assertThat(answers).doesNotContainKey(commit);
        log.commit();

        assertThat(error(commit)).isEqualTo(Errors.NONE);
        assertThat(log.epochs).containsExactly(7);
    }

    @Test
    void shouldCountACommitWhenItIsCommitted() {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        ask(transactional(), (short) 4);
        assertThat(counters.counts().commits()).isZero();

        // when
        log.commitAll();

        // then
        assertThat(counters.counts().commits()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"KAFKA_STORAGE_ERROR", "REQUEST_TIMED_OUT"})
    void shouldNotCountACommitThatTheLogRefuses(Errors refusal) {
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        ask(commit("", -1, "t", 0, 6));

        log.refuse(refusal);

        log.runLater();
        log.commitAll();
        assertThat(counters.counts().commits()).isZero();
    }

    @Test
    void shouldCountAClassicRebalanceWhenItsMembersHaveJoined() {
        coordinator.lead(7);
        ask(join("", "range"), (short) 3);
        assertThat(counters.counts().classicRebalances()).isZero();

        fireUntil(nowMs + 10_000);

        assertThat(counters.counts().classicRebalances()).isEqualTo(1);
    }

    @Test
    void shouldHoldBackAReadThatFollowsAnUncommittedWrite() {
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));

        int read = ask(heartbeat("m", 1));
        assertThat(answers).doesNotContainKey(read);
        log.commit();

        assertThat(answers).containsKey(read);
    }

    @Test
    void shouldGatherWhatComesWhileAnAppendIsUnderWay() {
        coordinator.lead(7);
        List<Integer> commits = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            commits.add(ask(commit("", -1, "t", i, i)));
        }
        assertThat(log.underWay()).isEqualTo(1);

        log.commitAll();

        assertThat(commits).allSatisfy(id -> assertThat(error(id)).isEqualTo(Errors.NONE));
        assertThat(log.batches).hasSize(2);
    }

    @Test
    void shouldNotGatherMoreThanABatchShouldHold() {
        coordinator.lead(7);
        for (int i = 0; i < 100; i++) {
            ask(commit("", -1, "t", i, i));
        }

        log.commitAll();

        assertThat(log.batches).hasSizeBetween(8, 15);
        assertThat(log.batches).allSatisfy(b -> assertThat(b.sizeInBytes()).isLessThan(MAX_BATCH_BYTES + 100));
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_LEADER_OR_FOLLOWER, NOT_COORDINATOR",
        "NOT_ENOUGH_REPLICAS_AFTER_APPEND, COORDINATOR_NOT_AVAILABLE",
        "REQUEST_TIMED_OUT, COORDINATOR_NOT_AVAILABLE",
        "CORRUPT_MESSAGE, UNKNOWN_SERVER_ERROR"
    })
    void shouldLoadAgainWhereItDoesNotKnowWhatWasWritten(Errors refusal, Errors expected) {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        int lost = ask(commit("", -1, "t", 0, 6));
        int gathered = ask(commit("", -1, "t", 0, 7));

        // when
        log.refuse(refusal);

        // then
        assertThat(error(lost)).isEqualTo(expected);
        assertThat(error(gathered)).isEqualTo(expected);
        assertThat(coordinator.isLoading()).isTrue();
        log.runLater();
        assertThat(committed()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "KAFKA_STORAGE_ERROR, NOT_COORDINATOR",
        "NOT_ENOUGH_REPLICAS, COORDINATOR_NOT_AVAILABLE",
        "MESSAGE_TOO_LARGE, UNKNOWN_SERVER_ERROR"
    })
    void shouldTakeBackCommitsThatTheLogRefuses(Errors refusal, Errors expected) {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        GroupCoordinatorCore core = coordinator.core();
        int joins = ask(join("", "range").setGroupId("waits"), (short) 3);
        int lost = ask(commit("", -1, "t", 0, 6));
        int again = ask(commit("", -1, "t", 0, 7));
        int other = ask(commit("", -1, "t", 0, 1).setGroupId("new"));

        // when
        log.refuse(refusal);

        // then: as if they had never been, and nobody else is disturbed
        assertThat(error(lost)).isEqualTo(expected);
        assertThat(List.of(again, other))
                .allSatisfy(id -> assertThat(error(id)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE));
        assertThat(answers).doesNotContainKey(joins);
        assertThat(coordinator.core()).isSameAs(core);
        assertThat(committed()).isEqualTo(5);
        assertThat(Objects.requireNonNull(core).find("new")).isNull();
        int next = ask(commit("", -1, "t", 0, 8));
        log.commit();
        assertThat(error(next)).isEqualTo(Errors.NONE);
        assertThat(committed()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"KAFKA_STORAGE_ERROR, NOT_COORDINATOR", "MESSAGE_TOO_LARGE, UNKNOWN_SERVER_ERROR"})
    void shouldLoadAgainWhereTheLogRefusesMoreThanCommits(Errors refusal, Errors expected) {
        coordinator.lead(7);
        ask(join("", "range"), (short) 3);
        fireUntil(nowMs + 10_000);
        int sync = ask(sync("client-1", 1, Map.of("client-1", "A")), (short) 5);
        assertThat(log.underWay()).isEqualTo(1);

        log.refuse(refusal);

        assertThat(error(sync)).isEqualTo(expected);
        assertThat(coordinator.isLoading()).isTrue();
        log.runLater();
        assertThat(error(ask(heartbeat("m", 1)))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldWaitLongerEachTimeUntilSomethingIsCommitted() {
        log.readError = Errors.KAFKA_STORAGE_ERROR;
        coordinator.lead(7);
        for (int i = 0; i < 12; i++) {
            log.runLater();
        }
        assertThat(log.delays).startsWith(10L, 20L, 40L).endsWith(10_240L, 10_240L);

        log.readError = Errors.NONE;
        log.runLater();
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        ask(commit("", -1, "t", 0, 6));
        log.refuse(Errors.REQUEST_TIMED_OUT);

        assertThat(log.delays).endsWith(10_240L, 10L);
    }

    @Test
    void shouldKeepNoOffsetThatWasCommittedWhileItsTopicWasDeleted() {
        // given
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        log.commit();
        int racing = ask(commit("", -1, "t", 0, 6));

        // when
        coordinator.onTopicsChanged(java.util.Set.of("t"), java.util.Set.of("t"));
        log.commitAll();

        // then: the commit was in time, the deletion came after it
        assertThat(error(racing)).isEqualTo(Errors.NONE);
        assertThat(Objects.requireNonNull(coordinator.core()).offsets().count()).isZero();
        leadershipMovesAwayAndBack();
        assertThat(Objects.requireNonNull(coordinator.core()).offsets().count()).isZero();
    }

    @Test
    void shouldNotTakeAnAnswerToAnotherLifeForItsOwn() {
        coordinator.lead(7);
        ask(commit("", -1, "t", 0, 5));
        leadershipMovesAwayAndBack();
        int later = ask(commit("", -1, "t", 0, 6));

        log.refuse(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(answers).doesNotContainKey(later);
        log.commit();

        assertThat(error(later)).isEqualTo(Errors.NONE);
    }
}
