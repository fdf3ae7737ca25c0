package dev.weir.controller.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Optional;

/**
 * A durable lower bound of what this directory has synced, in the file {@code quorum-synced}. A log that ends below it has lost
 * records that may have been acknowledged.
 *
 * @param offset everything below it was synced
 * @param lost whether some of it was lost, and this replica has not caught up since
 * @param alone whether this replica was the only voter
 */
record SyncedMark(long offset, boolean lost, boolean alone) {
    static final SyncedMark NONE = new SyncedMark(0, false, true);

    private static final JsonFactory JSON = new JsonFactory();
    private static final int DATA_VERSION = 0;

    String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("syncedOffset", offset);
            json.writeBooleanField("lost", lost);
            json.writeBooleanField("alone", alone);
            json.writeNumberField("data_version", DATA_VERSION);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot be written", e);
        }
        return text.toString();
    }

    /** Returns the mark in a file's contents; nothing if they are damaged. */
    static Optional<SyncedMark> parse(String text) {
        long offset = -1;
        boolean lost = true;
        boolean alone = false;
        boolean ended = false;
        try (JsonParser json = JSON.createParser(text)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                String name = json.currentName() == null ? "" : json.currentName();
                if (token == JsonToken.VALUE_NUMBER_INT && name.equals("syncedOffset")) {
                    offset = json.getLongValue();
                } else if (token.isBoolean() && name.equals("lost")) {
                    lost = json.getBooleanValue();
                } else if (token.isBoolean() && name.equals("alone")) {
                    alone = json.getBooleanValue();
                }
                ended = token == JsonToken.END_OBJECT;
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return ended && offset >= 0 ? Optional.of(new SyncedMark(offset, lost, alone)) : Optional.empty();
    }
}
