package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NominationTest {
    private static final List<Integer> VOTERS = List.of(5, 1, 3, 4, 2);

    @Test
    void shouldPutTheSuccessorsFirstAndThenTheLowestId() {
        assertThat(ranks(List.of(4, 2), all())).containsExactly(-1, 2, 1, 3, 0, 4);
    }

    @Test
    void shouldPassOverTheLostOneAndThoseThatAreNoVoters() {
        assertThat(ranks(List.of(0, 9, 5), all())).containsExactly(-1, 1, 2, 3, 4, 0);
        assertThat(Nomination.rank(2, 1, VOTERS, List.of(1), all())).hasValue(0);
        assertThat(Nomination.rank(1, 1, VOTERS, List.of(), all())).isEmpty();
        assertThat(Nomination.rank(7, 1, VOTERS, List.of(7), all())).isEmpty();
    }

    @Test
    void shouldPassOverVotersThatAreNoMembersButNotThisOne() {
        assertThat(Nomination.rank(3, 0, VOTERS, List.of(), members(2, 3))).hasValue(1);
        assertThat(Nomination.rank(3, 0, VOTERS, List.of(), members())).hasValue(0);
    }

    @Test
    void shouldCountEveryVoterWithoutAMembership() {
        assertThat(Nomination.rank(3, 0, VOTERS, List.of(), MembershipView.NONE))
                .hasValue(2);
    }

    private static int[] ranks(List<Integer> successors, MembershipView view) {
        return IntStream.rangeClosed(0, 5)
                .map(self -> orMinusOne(Nomination.rank(self, 0, VOTERS, successors, view)))
                .toArray();
    }

    private static int orMinusOne(OptionalInt rank) {
        return rank.orElse(-1);
    }

    private static MembershipView all() {
        return members(1, 2, 3, 4, 5);
    }

    private static MembershipView members(int... ids) {
        return new MembershipView(
                true,
                IntStream.of(ids).mapToObj(id -> MembershipCoreTest.peer(id, 1)).toList());
    }
}
