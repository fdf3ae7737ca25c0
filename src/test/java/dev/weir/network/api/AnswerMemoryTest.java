package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerMemoryTest {
    private static final int ANSWER = 1 << 20;

    private final AnswerMemory memory = new AnswerMemory();

    @Test
    void shouldGiveToAReplicaWhileSomethingIsLeft() {
        for (int i = 0; i < AnswerMemory.OF_ONE / ANSWER; i++) {
            assertThat(memory.ofReplica(1).take(ANSWER)).isTrue();
        }

        assertThat(memory.ofReplica(1).take(ANSWER)).isFalse();
        assertThat(memory.ofReplica(1).take(0)).isTrue();
        assertThat(memory.ofReplica(2).take(ANSWER)).isTrue();
    }

    @Test
    void shouldLetStrangersTakeNothingThatIsSetAsideForReplicas() {
        List<AnswerMemory.Share> taken = new ArrayList<>();
        AnswerMemory.Share share = memory.ofStranger();
        while (share.take(ANSWER)) {
            taken.add(share);
            share = memory.ofStranger();
        }

        assertThat(taken).hasSize((int) (AnswerMemory.OF_STRANGERS / ANSWER));
        assertThat(memory.ofReplica(1).take(ANSWER)).isTrue();
        taken.get(0).end();
        taken.get(0).end();
        assertThat(memory.ofStranger().take(ANSWER)).isTrue();
        assertThat(memory.ofStranger().take(ANSWER)).isFalse();
    }

    @Test
    void shouldGiveNothingToAConnectionThatHasEnded() {
        AnswerMemory.Share share = memory.ofStranger();
        share.end();

        assertThat(share.take(ANSWER)).isFalse();
    }
}
