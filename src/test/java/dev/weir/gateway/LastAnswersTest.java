package dev.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.gateway.LastAnswers.Gathered;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One part that fails or is late must not hide the others, nor what it said before. */
class LastAnswersTest {
    private final LastAnswers<String> answers = new LastAnswers<>(20);

    @Test
    void shouldTakeAPartThatFailsAtItsLastWord() throws Exception {
        gather(Future.succeededFuture("a1"), Future.succeededFuture("b1"));

        Gathered<String> second = gather(Future.failedFuture("closed"), Future.succeededFuture("b2"));

        assertThat(second).isEqualTo(new Gathered<>(List.of("a1", "b2"), 1));
    }

    @Test
    void shouldLeaveOutAPartThatHasNeverAnswered() throws Exception {
        assertThat(gather(Future.failedFuture("not running"), Future.succeededFuture("b1")))
                .isEqualTo(new Gathered<>(List.of("b1"), 1));
    }

    @Test
    void shouldNotWaitForASlowPartAndNoteItsAnswerWhenItComes() throws Exception {
        Promise<String> slow = Promise.promise();
        assertThat(gather(slow.future(), Future.succeededFuture("b1"))).isEqualTo(new Gathered<>(List.of("b1"), 1));

        slow.complete("a1");

        assertThat(gather(Future.failedFuture("busy"), Future.succeededFuture("b2")))
                .isEqualTo(new Gathered<>(List.of("a1", "b2"), 1));
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the list only reads the array
    private Gathered<String> gather(Future<String>... asked) throws Exception {
        return answers.gather(List.of(asked))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }
}
