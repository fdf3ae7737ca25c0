package dev.weir.controller.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.VotersRecord;
import org.junit.jupiter.api.Test;

class ControlRecordsTest {
    @Test
    void shouldKeepWhereVotersListenAndWhatTheyCanRunAt() {
        VoterSet set = VoterSet.of(List.of(
                new Voter(
                        new ReplicaKey(1, new Uuid(7, 1)),
                        List.of(new Voter.Endpoint("A", "one", 1), new Voter.Endpoint("B", "uno", 2)),
                        new Voter.Levels((short) 1, (short) 5)),
                new Voter(new ReplicaKey(2, new Uuid(7, 2)), List.of(new Voter.Endpoint("A", "two", 3)))));

        VotersRecord message = ControlRecords.message(set);

        assertThat(ControlRecords.voters(message)).isEqualTo(set);
        assertThat(message.voters().get(0).kRaftVersionFeature().maxSupportedVersion())
                .isEqualTo((short) 5);
    }
}
