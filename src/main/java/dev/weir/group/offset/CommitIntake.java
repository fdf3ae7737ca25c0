package dev.weir.group.offset;

import dev.weir.group.core.Group;
import dev.weir.group.core.Group.Committer;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.GroupRecord;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** One request to commit offsets, within a transaction or not: whether its sender is let in, and what of it is. */
final class CommitIntake {
    static final long NEVER = -1;

    private final GroupRules settings;
    private final String groupId;
    private final @Nullable Group group;
    private final Committer committer;
    private final long nowMs;
    private final Errors error;

    /**
     * @param group the group, null where there is none
     * @param unknownGroup what one hears that claims a place in a group which does not exist
     */
    CommitIntake(
            GroupRules settings,
            String groupId,
            @Nullable Group group,
            Committer committer,
            Errors unknownGroup,
            long nowMs) {
        this.settings = settings;
        this.groupId = groupId;
        this.group = group;
        this.committer = committer;
        this.nowMs = nowMs;
        if (group != null) {
            error = group.validateOffsetCommit(committer);
        } else {
            // one that is in no group may commit under any name
            error = committer.generationOrEpoch() < 0 ? Errors.NONE : unknownGroup;
        }
    }

    static Set<String> names(Stream<String> topics) {
        return topics.collect(Collectors.toSet());
    }

    /** NONE where the sender is let in; else the answer to all of it. */
    Errors error() {
        return error;
    }

    /**
     * Takes one partition.
     *
     * @param metadata as sent
     * @param expireMs when the offset expires, {@link #NEVER} where the group's retention decides
     * @param accepted is given the record, where there is nothing wrong
     * @return NONE, or what is wrong
     */
    Errors take(
            String topic,
            Uuid topicId,
            int partition,
            long offset,
            int leaderEpoch,
            @Nullable String metadata,
            long expireMs,
            Consumer<GroupRecord.OffsetCommit> accepted) {
        Errors own = error;
        if (own == Errors.NONE && group != null) {
            own = group.validateOffsetCommit(committer, topic, partition);
        }
        if (own == Errors.NONE && !fits(metadata)) {
            own = Errors.OFFSET_METADATA_TOO_LARGE;
        }
        if (own == Errors.NONE) {
            String kept = metadata == null ? "" : metadata;
            accepted.accept(new GroupRecord.OffsetCommit(
                    groupId,
                    topic,
                    partition,
                    new CommittedOffset(offset, leaderEpoch, kept, nowMs, expireMs, topicId)));
        }
        return own;
    }

    private boolean fits(@Nullable String metadata) {
        int most = settings.offsetMetadataMaxBytes();
        return metadata == null
                || (metadata.length() <= most && metadata.getBytes(StandardCharsets.UTF_8).length <= most);
    }
}
