package dev.weir.metadata.record;

/** Bytes that are no metadata record this version understands: damage that a checksum missed, or a newer writer. */
public sealed class MetadataFormatException extends RuntimeException permits UnsupportedRecordException {
    public MetadataFormatException(String message) {
        super(message);
    }

    MetadataFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
