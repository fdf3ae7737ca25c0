package dev.weir.peer.wire;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;

/** The one partition of the metadata log. */
public final class MetadataTopic {
    /** The topic's name. */
    public static final String NAME = Topic.CLUSTER_METADATA_TOPIC_NAME;

    /** The topic's id. */
    public static final Uuid ID = Uuid.METADATA_TOPIC_ID;

    private MetadataTopic() {}

    /** Whether a topic is the metadata log: by its id if it has one, else by its name. */
    public static boolean is(@Nullable String name, Uuid id) {
        return id.equals(Uuid.ZERO_UUID) ? NAME.equals(name) : id.equals(ID);
    }

    /** Returns the partition that is named if it is the metadata log's and the only one. */
    static <T, P> Optional<P> only(
            List<T> topics, Function<T, Boolean> isMetadata, Function<T, List<P>> partitions, ToIntFunction<P> index) {
        if (topics.size() != 1 || !isMetadata.apply(topics.get(0))) {
            return Optional.empty();
        }
        List<P> named = partitions.apply(topics.get(0));
        return named.size() == 1 && index.applyAsInt(named.get(0)) == 0 ? Optional.of(named.get(0)) : Optional.empty();
    }

    static IllegalArgumentException wrongPartition() {
        return new IllegalArgumentException("a response that is not about " + NAME + "-0");
    }
}
