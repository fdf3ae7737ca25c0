package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.controller.DecisionIntake.From;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class DecisionIntakeTest {
    /** The controller's thread, with all that it is to do in order. */
    private final Deque<Runnable> thread = new ArrayDeque<>();

    private final DecisionIntake intake = new DecisionIntake(thread::add);
    private final List<String> done = new ArrayList<>();

    @Test
    void shouldDecideOneRequestOfAClientAtATimeWithRoomForTheQuorumBetween() {
        add(From.CLIENT, "a", 1);
        add(From.CLIENT, "b", 1);
        thread.add(() -> done.add("vote"));
        add(From.CLIENT, "c", 1);

        run();

        assertThat(done).containsExactly("a", "vote", "b", "c");
    }

    @Test
    void shouldDecideWhatBrokersAskFirstAndOneRequestOfAClientAllTheSame() {
        for (int i = 0; i < 3; i++) {
            add(From.CLIENT, "client " + i, 1);
            add(From.BROKER, "broker " + i, 1);
        }
        thread.removeLast().run();

        assertThat(done).containsExactly("broker 0", "broker 1", "broker 2", "client 0");
    }

    @Test
    void shouldEndATurnThatHasDecidedMuch() {
        add(From.BROKER, "large", DecisionIntake.RECORDS_A_TURN);
        add(From.BROKER, "small", 1);
        thread.add(() -> done.add("vote"));

        run();

        assertThat(done).containsExactly("large", "vote", "small");
    }

    @Test
    void shouldNotLetBrokersKeepClientsWaitingForEver() {
        for (int i = 0; i < 1_000; i++) {
            add(From.BROKER, "broker", 1);
        }
        add(From.CLIENT, "client", 1);

        thread.poll().run();

        assertThat(done).hasSize(DecisionIntake.OF_BROKERS_A_TURN + 1).endsWith("client");
    }

    @Test
    void shouldRefuseMoreThanMayWait() {
        for (int i = 0; i < DecisionIntake.MOST_WAITING; i++) {
            assertThat(add(From.CLIENT, "client", 1)).isTrue();
        }

        assertThat(add(From.CLIENT, "client", 1)).isFalse();
        assertThat(add(From.BROKER, "broker", 1)).isTrue();
        run();
        assertThat(done).hasSize(DecisionIntake.MOST_WAITING + 1);
    }

    @Test
    void shouldRefuseWhatWaitsWhenItEnds() {
        add(From.CLIENT, "client", 1);
        add(From.BROKER, "broker", 1);

        intake.end(Errors.NOT_CONTROLLER);
        run();

        assertThat(done).containsExactly("broker: NOT_CONTROLLER", "client: NOT_CONTROLLER");
    }

    private boolean add(From from, String name, int records) {
        return intake.add(from, new DecisionIntake.Request() {
            @Override
            public int decide() {
                done.add(name);
                return records;
            }

            @Override
            public void refuse(Errors error) {
                done.add(name + ": " + error);
            }
        });
    }

    private void run() {
        for (Runnable task = thread.poll(); task != null; task = thread.poll()) {
            task.run();
        }
    }
}
