package dev.weir.storage.directory;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/** Names of partitions' directories: {@code <topic>-<partition>}, with {@code .<id>-delete}, {@code -future} or {@code -stray}. */
public final class DirectoryNames {
    private static final int LONGEST = 255;
    private static final int ID_DIGITS = 32;
    private static final Pattern LIVE = Pattern.compile("([a-zA-Z0-9._-]{1,249})-(\\d{1,10})");
    private static final Pattern SUFFIXED =
            Pattern.compile("(\\S+)-(\\d{1,10})\\.[0-9a-zA-Z_-]+-(delete|future|stray)");

    private DirectoryNames() {}

    /** What a name says. */
    record Parsed(TopicPartition partition, PartitionDirectory.Kind kind) {}

    static String live(TopicPartition partition) {
        return partition.topic() + "-" + partition.partition();
    }

    public static String suffixed(TopicPartition partition, String uniqueId, PartitionDirectory.Kind kind) {
        String suffix = "-" + partition.partition() + "." + uniqueId + "-" + textOf(kind);
        String topic = partition.topic();
        return topic.substring(0, Math.min(topic.length(), LONGEST - suffix.length())) + suffix;
    }

    /** Whether the topic's name stays whole with a suffix. */
    static boolean fits(TopicPartition partition) {
        String suffix = "-" + partition.partition() + "." + "0".repeat(ID_DIGITS) + "-future";
        return partition.topic().length() + suffix.length() <= LONGEST;
    }

    static Optional<Parsed> parse(String name) {
        Matcher suffixed = SUFFIXED.matcher(name);
        if (suffixed.matches()) {
            return parsed(suffixed, kindOf(suffixed.group(3)));
        }
        Matcher live = LIVE.matcher(name);
        return live.matches() ? parsed(live, PartitionDirectory.Kind.LIVE) : Optional.empty();
    }

    private static Optional<Parsed> parsed(Matcher matcher, PartitionDirectory.Kind kind) {
        long partition = Long.parseLong(matcher.group(2));
        return partition > Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.of(new Parsed(new TopicPartition(matcher.group(1), (int) partition), kind));
    }

    private static String textOf(PartitionDirectory.Kind kind) {
        return switch (kind) {
            case LIVE -> throw new IllegalArgumentException("a live directory has no suffix");
            case DELETE -> "delete";
            case FUTURE -> "future";
            case STRAY -> "stray";
        };
    }

    private static PartitionDirectory.Kind kindOf(String text) {
        return switch (text) {
            case "delete" -> PartitionDirectory.Kind.DELETE;
            case "future" -> PartitionDirectory.Kind.FUTURE;
            default -> PartitionDirectory.Kind.STRAY;
        };
    }
}
