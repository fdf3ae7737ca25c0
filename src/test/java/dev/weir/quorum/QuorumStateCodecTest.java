package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.raft.generated.QuorumStateData;
import org.apache.kafka.raft.generated.QuorumStateDataJsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuorumStateCodecTest {
    private static final Uuid DIRECTORY = Uuid.fromString("Y2F0Y2ggbWUgaWYgeW91IQ");
    private static final ElectionState VOTED =
            new ElectionState(7, ElectionState.NOBODY, Optional.of(new ReplicaKey(2, DIRECTORY)));

    @Test
    void shouldReadWhatItHasWritten() throws Exception {
        assertThat(QuorumStateCodec.read(QuorumStateCodec.write(VOTED))).isEqualTo(VOTED);
        assertThat(QuorumStateCodec.read(QuorumStateCodec.write(ElectionState.INITIAL)))
                .isEqualTo(ElectionState.INITIAL);
    }

    @Test
    void shouldWriteWhatKafkaReads() throws Exception {
        String text = QuorumStateCodec.write(VOTED);

        QuorumStateData read = QuorumStateDataJsonConverter.read(new ObjectMapper().readTree(text), (short) 1);

        assertThat(read.leaderId()).isEqualTo(-1);
        assertThat(read.leaderEpoch()).isEqualTo(7);
        assertThat(read.votedId()).isEqualTo(2);
        assertThat(read.votedDirectoryId()).isEqualTo(DIRECTORY);
        assertThat(new ObjectMapper().readTree(text).get("data_version").asInt())
                .isEqualTo(1);
    }

    @Test
    void shouldReadWhatKafkaWrites() throws Exception {
        QuorumStateData data = new QuorumStateData()
                .setLeaderId(3)
                .setLeaderEpoch(9)
                .setVotedId(3)
                .setVotedDirectoryId(DIRECTORY);
        String fields = QuorumStateDataJsonConverter.write(data, (short) 1).toString();
        String text = fields.substring(0, fields.length() - 1) + ",\"data_version\":1}";

        assertThat(QuorumStateCodec.read(text))
                .isEqualTo(new ElectionState(9, 3, Optional.of(new ReplicaKey(3, DIRECTORY))));
    }

    @Test
    void shouldReadVersionZeroWithItsVoters() throws Exception {
        String text = "{\"clusterId\":\"\",\"leaderId\":1,\"leaderEpoch\":4,\"votedId\":1,\"appliedOffset\":0,"
                + "\"currentVoters\":[{\"voterId\":1},{\"voterId\":2}],\"data_version\":0}";

        assertThat(QuorumStateCodec.read(text))
                .isEqualTo(new ElectionState(4, 1, Optional.of(ReplicaKey.of(1)), List.of(1, 2)));
    }

    /** A vote of an older epoch, or for somebody else, would let this voter vote twice. */
    @Test
    void shouldNeverTakeAPromiseForAnotherOneAfterTheFlipOfABit() {
        byte[] written = QuorumStateCodec.write(VOTED).getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int bit = 0; bit < written.length * 8; bit++) {
            byte[] flipped = written.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            String text = new String(flipped, StandardCharsets.UTF_8);
            try {
                assertThat(QuorumStateCodec.read(text)).as(text).isEqualTo(VOTED);
            } catch (DamagedQuorumStateException e) {
                refused++;
            }
        }

        assertThat(refused).isGreaterThan(written.length * 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "{\"leaderId\":1,\"leaderEpoch\":4",
                "{\"leaderId\":1,\"leaderEpoch\":4}",
                "{\"leaderId\":1,\"leaderEpoch\":4,\"data_version\":2}",
                "{\"leaderId\":1,\"leaderEpoch\":4,\"votedId\":1,\"votedDirectoryId\":\"!\",\"data_version\":1}",
                "\0\0\0\0"
            })
    void shouldRefuseADamagedFileRatherThanTakeItForANewOne(String text) {
        assertThatThrownBy(() -> QuorumStateCodec.read(text))
                .isInstanceOf(DamagedQuorumStateException.class)
                .hasMessageStartingWith("quorum-state is damaged");
    }
}
