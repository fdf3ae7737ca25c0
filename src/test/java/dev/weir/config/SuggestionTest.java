package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuggestionTest {
    @ParameterizedTest
    @CsvSource({"abc, abc, 0", "abc, abd, 1", "abc, abcd, 1", "abc, bc, 1", "kitten, sitting, 3", "'', abc, 3"})
    void shouldCountChanges(String from, String to, int distance) {
        assertThat(Suggestion.distance(from, to)).isEqualTo(distance);
        assertThat(Suggestion.distance(to, from)).isEqualTo(distance);
    }

    @ParameterizedTest
    @CsvSource({"log.dirss, log.dirs", "log.di, log.dir", "nodeid, node.id"})
    void shouldFindTheNearest(String name, String nearest) {
        assertThat(Suggestion.nearest(name, List.of("node.id", "log.dirs", "log.dir")))
                .hasValue(nearest);
        assertThat(Suggestion.hint(name, List.of("node.id", "log.dirs", "log.dir")))
                .endsWith(" is " + nearest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zookeeper.connect", "x", "ssl.keystore.location", "super.users", "log"})
    void shouldNameNothingWhereNothingIsNear(String name) {
        assertThat(Suggestion.nearest(name, List.of("node.id", "log.dirs", "log.dir")))
                .isEmpty();
        assertThat(Suggestion.hint(name, List.of("node.id", "log.dirs", "log.dir")))
                .isEmpty();
    }
}
