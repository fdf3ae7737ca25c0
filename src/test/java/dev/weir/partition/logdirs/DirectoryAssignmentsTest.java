package dev.weir.partition.logdirs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.PartitionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class DirectoryAssignmentsTest {
    private static final PartitionKey A = new PartitionKey(new Uuid(1, 1), 0);
    private static final PartitionKey B = new PartitionKey(new Uuid(1, 1), 1);
    private static final Uuid HERE = new Uuid(500, 1);
    private static final Uuid THERE = new Uuid(500, 2);

    private final DirectoryAssignments assignments = new DirectoryAssignments();
    private final List<String> done = new ArrayList<>();

    @Test
    void shouldSayOneThingAtATime() {
        assignments.add(A, HERE, () -> done.add("a"));
        assertThat(assignments.next()).contains(Map.of(A, HERE));
        assignments.add(B, HERE, () -> done.add("b"));
        assertThat(assignments.next()).isEmpty();

        assignments.taken();
        assertThat(done).containsExactly("a");
        assertThat(assignments.next()).contains(Map.of(B, HERE));
        assignments.taken();
        assertThat(done).containsExactly("a", "b");
        assertThat(assignments.next()).isEmpty();
    }

    @Test
    void shouldSayAgainWhatWasNotTaken() {
        assignments.add(A, HERE, () -> done.add("a"));
        assignments.next();
        assignments.failed();

        assertThat(done).isEmpty();
        assertThat(assignments.next()).contains(Map.of(A, HERE));
    }

    @Test
    void shouldForgetAnOlderDirectoryAndTellThoseWhoWaitedForIt() {
        assignments.add(A, HERE, () -> done.add("here"));
        assignments.next();
        assignments.add(A, THERE, () -> done.add("there"));

        assignments.taken();
        assertThat(done).isEmpty();
        assertThat(assignments.next()).contains(Map.of(A, THERE));
        assignments.failed();
        assertThat(assignments.next()).contains(Map.of(A, THERE));
        assignments.taken();
        assertThat(done).containsExactly("here", "there");
    }

    @Test
    void shouldBoundWhatIsSaidAtOnce() {
        for (int i = 0; i < DirectoryAssignments.MOST + 1; i++) {
            assignments.add(new PartitionKey(new Uuid(1, 1), i), HERE, () -> {});
        }

        assertThat(assignments.next().orElseThrow()).hasSize(DirectoryAssignments.MOST);
        assignments.taken();
        assertThat(assignments.next().orElseThrow()).hasSize(1);
    }
}
