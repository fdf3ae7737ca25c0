package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.quorum.DecisionLine.Decision;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecisionLineTest {
    private final DecisionLine<String, String> line = new DecisionLine<>("at 10", 10);

    @Test
    void shouldDecideOnWhatIsDecidedAndPublishOnlyWhatIsCommitted() {
        line.decide(12, "at 12", "first");
        line.decide(13, "at 13", "second");

        List<Decision<String, String>> released = line.onHighWatermark(12);

        assertThat(released).containsExactly(new Decision<>(12, "at 12", true, Optional.of("first")));
        assertThat(line.committed()).isEqualTo("at 12");
        assertThat(line.decided()).isEqualTo("at 13");
    }

    @Test
    void shouldHoldTheAnswerOfADecisionWithoutRecordsForWhatItWasDecidedOn() {
        line.decide(12, "at 12", "created");
        line.decideNothing("exists already");

        assertThat(line.onHighWatermark(11)).isEmpty();
        assertThat(line.onHighWatermark(12))
                .extracting(d -> d.answer().orElseThrow())
                .containsExactly("created", "exists already");
    }

    @Test
    void shouldReleaseADecisionWithoutRecordsAtOnceIfNothingWaits() {
        line.decideNothing("none of that name");

        assertThat(line.onHighWatermark(10))
                .containsExactly(new Decision<>(10, "at 10", false, Optional.of("none of that name")));
    }

    @Test
    void shouldGoBackToWhatIsCommittedOnResign() {
        line.decide(12, "at 12", "first");
        line.decide(14, "at 14", "second");
        line.decideNothing("third");
        line.onHighWatermark(12);

        List<String> failed = line.onResign();

        assertThat(failed).containsExactly("second", "third");
        assertThat(line.decided()).isEqualTo("at 12");
        assertThat(line.decidedEnd()).isEqualTo(12);
        assertThat(line.onHighWatermark(99)).isEmpty();
    }

    @Test
    void shouldFollowRecordsOfOthersAndTakeThemAgainAfterATruncation() {
        line.follow(11, "at 11");
        line.follow(15, "of a leader that lost");

        line.onHighWatermark(11);
        line.onResign();
        line.follow(15, "of the next leader");

        assertThat(line.onHighWatermark(15))
                .containsExactly(new Decision<>(15, "of the next leader", true, Optional.empty()));
    }

    @Test
    void shouldNotLetTheHighWatermarkFall() {
        line.onHighWatermark(20);
        line.decide(20, "at 20", "first");

        assertThat(line.onHighWatermark(15)).hasSize(1);
    }

    @Test
    void shouldRefuseRecordsThatDoNotEndAboveTheDecided() {
        line.decide(12, "at 12", "first");

        assertThatThrownBy(() -> line.decide(12, "again", "second")).isInstanceOf(IllegalArgumentException.class);
    }
}
