package dev.weir.config;

/** Whether brokers copy records from each other. The one switch for all that depends on it. */
public final class Replication {
    /** If not, a partition has one replica and stays with it. */
    public static final boolean ON = false;

    private Replication() {}

    /** A part of a documentation that is true only while there is none. */
    static String note(String text) {
        return ON ? "" : text;
    }
}
