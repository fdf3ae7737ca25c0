package dev.weir.group;

/** A record of {@code __consumer_offsets} that does not follow its schema; the partition's content is damaged. */
public final class MalformedRecordException extends RuntimeException {
    MalformedRecordException(String message) {
        super(message);
    }
}
