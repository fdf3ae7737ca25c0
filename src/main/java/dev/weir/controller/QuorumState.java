package dev.weir.controller;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What a voter must not forget: the newest controller epoch it knows, who leads in it and whom it voted for. Kept in the file
 * {@code quorum-state} in Kafka's JSON form.
 *
 * @param leaderId the controller, or -1 where unknown
 * @param leaderEpoch the controller epoch; never goes back
 * @param votedId whom this voter voted for in that epoch, or -1
 * @param voters the ids of all voters
 */
public record QuorumState(int leaderId, int leaderEpoch, int votedId, List<Integer> voters) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int NOBODY = -1;
    private static final int DATA_VERSION = 0;

    public QuorumState {
        voters = List.copyOf(voters);
    }

    static QuorumState initial(List<Integer> voters) {
        return new QuorumState(NOBODY, 0, NOBODY, voters);
    }

    /** The state of a voter that sees {@code leader} lead. */
    static QuorumState ledBy(int leader, int epoch, List<Integer> voters) {
        return new QuorumState(leader, epoch, NOBODY, voters);
    }

    String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("clusterId", "");
            json.writeNumberField("leaderId", leaderId);
            json.writeNumberField("leaderEpoch", leaderEpoch);
            json.writeNumberField("votedId", votedId);
            json.writeNumberField("appliedOffset", 0);
            json.writeArrayFieldStart("currentVoters");
            for (int voter : voters) {
                json.writeStartObject();
                json.writeNumberField("voterId", voter);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("data_version", DATA_VERSION);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot be written", e);
        }
        return text.toString();
    }

    /**
     * Reads the file's content; fields that are not known are passed over.
     *
     * @throws MetadataLogException where it is no such JSON
     */
    static QuorumState parse(String text) throws MetadataLogException {
        int leader = NOBODY;
        int epoch = NOBODY;
        int voted = NOBODY;
        List<Integer> voters = new ArrayList<>();
        try (JsonParser json = JSON.createParser(text)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_INT) {
                    switch (json.currentName() == null ? "" : json.currentName()) {
                        case "leaderId" -> leader = json.getIntValue();
                        case "leaderEpoch" -> epoch = json.getIntValue();
                        case "votedId" -> voted = json.getIntValue();
                        case "voterId" -> voters.add(json.getIntValue());
                        default -> {}
                    }
                }
            }
        } catch (IOException e) {
            throw new MetadataLogException("quorum-state is damaged: " + e.getMessage());
        }
        if (epoch < 0) {
            throw new MetadataLogException("quorum-state is damaged: it names no leaderEpoch");
        }
        return new QuorumState(leader, epoch, voted, voters);
    }
}
