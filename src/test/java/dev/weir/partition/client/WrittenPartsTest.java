package dev.weir.partition.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WrittenPartsTest {
    private int told;
    private final WrittenParts parts = new WrittenParts(() -> told++);
    private final WrittenParts.Part one = parts.add();
    private final WrittenParts.Part two = parts.add();

    @Test
    void shouldTellWhenTheLastPartIsWritten() {
        parts.all();

        one.run();
        one.run();
        assertThat(told).isZero();
        two.run();

        assertThat(told).isEqualTo(1);
    }

    @Test
    void shouldTellWhenOnePartIsWrittenAndTheOtherAnswered() {
        parts.all();

        one.run();
        two.answered();

        assertThat(told).isEqualTo(1);
    }

    @Test
    void shouldTellWhenThePartThatWasNotAnsweredIsWritten() {
        parts.all();

        two.answered();
        one.run();

        assertThat(told).isEqualTo(1);
    }

    @Test
    void shouldNotTellWhenTheAnswersDoItAnyway() {
        parts.all();

        one.answered();
        two.answered();
        one.run();

        assertThat(told).isZero();
    }

    @Test
    void shouldNotTellBeforeAllPartsAreKnown() {
        one.run();
        two.run();
        assertThat(told).isZero();

        parts.all();

        assertThat(told).isEqualTo(1);
    }
}
