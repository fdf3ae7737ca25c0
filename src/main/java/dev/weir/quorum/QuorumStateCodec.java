package dev.weir.quorum;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;

/**
 * The contents of the file {@code quorum-state} in Kafka's JSON form. Version 1 is written (KIP-853); versions 0 and 1 are
 * read, and fields that are not known are passed over. Kafka passes over the field {@code crc32c}, without which a bit that has
 * flipped on the disk could turn a promise into another one; a file of Kafka has none.
 */
public final class QuorumStateCodec {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String CHECKSUM = "crc32c";
    private static final long NO_CHECKSUM = -1;
    private static final int DATA_VERSION = 1;

    private QuorumStateCodec() {}

    /** Returns the file's contents for {@code state}. */
    public static String write(ElectionState state) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("leaderId", state.leaderId());
            json.writeNumberField("leaderEpoch", state.epoch());
            ReplicaKey voted = state.voted().orElse(ReplicaKey.of(ElectionState.NOBODY));
            json.writeNumberField("votedId", voted.id());
            json.writeStringField("votedDirectoryId", voted.directoryId().toString());
            json.writeNumberField(CHECKSUM, checksum(state));
            json.writeNumberField("data_version", DATA_VERSION);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot be written", e);
        }
        return text.toString();
    }

    /**
     * Returns the state in a file's contents.
     *
     * @throws DamagedQuorumStateException if they are not such a state: the replica must not vote then, nor take it for a
     *     new one
     */
    public static ElectionState read(String text) throws DamagedQuorumStateException {
        Fields fields = new Fields();
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new DamagedQuorumStateException("it is no JSON object");
            }
            while (fields.take(json)) {
                // the next one
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new DamagedQuorumStateException(String.valueOf(e.getMessage()));
        }
        return fields.state();
    }

    private static long checksum(ElectionState state) {
        ReplicaKey voted = state.voted().orElse(ReplicaKey.of(ElectionState.NOBODY));
        String promises = state.leaderId() + " " + state.epoch() + " " + voted.id() + " " + voted.directoryId();
        CRC32C crc = new CRC32C();
        crc.update(promises.getBytes(StandardCharsets.US_ASCII));
        return crc.getValue();
    }

    /** The values seen so far while a file is read. */
    private static final class Fields {
        private int depth = 1;
        private int version = -1;
        private int leader = ElectionState.NOBODY;
        private int epoch = -1;
        private int voted = ElectionState.NOBODY;
        private Uuid votedDirectory = Uuid.ZERO_UUID;
        private final List<Integer> voters = new ArrayList<>();
        private long checksum = NO_CHECKSUM;

        boolean take(JsonParser json) throws IOException {
            JsonToken token = json.nextToken();
            if (token == null) {
                return false;
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_NUMBER_INT) {
                number(json.currentName() == null ? "" : json.currentName(), json);
            } else if (token == JsonToken.VALUE_STRING && "votedDirectoryId".equals(json.currentName())) {
                votedDirectory = Uuid.fromString(json.getText());
            }
            return true;
        }

        private void number(String name, JsonParser json) throws IOException {
            switch (name) {
                case "leaderId" -> leader = json.getIntValue();
                case "leaderEpoch" -> epoch = json.getIntValue();
                case "votedId" -> voted = json.getIntValue();
                case "voterId" -> voters.add(json.getIntValue());
                case "data_version" -> version = json.getIntValue();
                case CHECKSUM -> checksum = json.getLongValue();
                default -> {}
            }
        }

        ElectionState state() throws DamagedQuorumStateException {
            if (depth != 0 || epoch < 0) {
                throw new DamagedQuorumStateException("it names no leaderEpoch, or ends too early");
            }
            if (version < 0 || version > DATA_VERSION) {
                throw new DamagedQuorumStateException("its data_version is " + version + ", not 0 or 1");
            }
            Optional<ReplicaKey> vote =
                    voted < 0 ? Optional.empty() : Optional.of(new ReplicaKey(voted, votedDirectory));
            ElectionState state = new ElectionState(epoch, leader, vote, voters);
            if (checksum != NO_CHECKSUM && checksum != checksum(state)) {
                throw new DamagedQuorumStateException("its crc32c is that of another state");
            }
            return state;
        }
    }
}
