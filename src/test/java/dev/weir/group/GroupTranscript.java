package dev.weir.group;

import dev.weir.group.core.GroupEffect;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.ClassicGroupSnapshot;
import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** A conversation with a coordinator, written down: what is said, then everything that follows from it, in order. */
final class GroupTranscript {
    final GroupDriver driver;
    private final StringBuilder text = new StringBuilder();

    GroupTranscript(GroupRules settings) {
        driver = new GroupDriver(settings);
    }

    String text() {
        return text.toString();
    }

    GroupTranscript say(String what, ApiMessage request, int apiVersion) {
        long id = driver.send(request, apiVersion);
        text.append("> ").append(id).append(' ').append(what).append('\n');
        tell(driver.last);
        return this;
    }

    /** Fires the one timer of this kind (and member) that runs, as if its time had come. */
    GroupTranscript fire(String kind, String memberId) {
        TimerKey key = new TimerKey(ClassicRequests.GROUP, kind, memberId);
        if (driver.timers.remove(key) == null) {
            throw new AssertionError("no timer " + key + " in " + driver.timers);
        }
        driver.perform(driver.core.onTimer(key, driver.wallMs));
        text.append("! ").append((kind + " " + memberId).trim()).append('\n');
        tell(driver.last);
        return this;
    }

    GroupTranscript crash() {
        driver.crash();
        text.append("! crash\n");
        tell(driver.last);
        return this;
    }

    GroupTranscript unload() {
        driver.perform(driver.core.unload());
        text.append("! unload\n");
        tell(driver.last);
        return this;
    }

    private void tell(GroupOutcome outcome) {
        outcome.records().forEach(r -> text.append("    log ")
                .append(describe(GroupRecordCodec.decode(r)))
                .append('\n'));
        outcome.effects().forEach(e -> text.append(describe(e)));
    }

    private static String describe(GroupRecord record) {
        if (record instanceof GroupRecord.ClassicGroupMetadata r) {
            ClassicGroupSnapshot v = r.value();
            return v == null
                    ? "group deleted"
                    : "group generation=" + v.generation() + " leader=" + v.leader() + " members="
                            + v.members().stream()
                                    .map(m -> m.memberId() + ":" + utf8(m.assignment()))
                                    .toList();
        }
        if (record instanceof GroupRecord.OffsetCommit r) {
            CommittedOffset v = r.value();
            return "offset " + r.topic() + "-" + r.partition() + "=" + (v == null ? "deleted" : v.offset());
        }
        return record.toString();
    }

    private static String describe(GroupEffect effect) {
        if (effect instanceof GroupEffect.Reply r) {
            return "  < " + r.requestId() + " " + describe(r.response()) + "\n";
        }
        if (effect instanceof GroupEffect.StartTimer t) {
            return t.key().groupId().isEmpty() ? "" : "    timer " + name(t.key()) + " " + t.delayMs() + "\n";
        }
        return "    cancel " + name(((GroupEffect.CancelTimer) effect).key()) + "\n";
    }

    private static String name(TimerKey key) {
        return (key.kind().replace("classic-", "") + " " + key.memberId()).trim();
    }

    private static String describe(ApiMessage response) {
        if (response instanceof JoinGroupResponseData r) {
            return r.errorCode() != 0
                    ? (error(r.errorCode()) + " " + r.memberId()).trim()
                    : "joined " + r.memberId() + " generation=" + r.generationId() + " leader=" + r.leader()
                            + " protocol="
                            + r.protocolName()
                            + (r.members().isEmpty()
                                    ? ""
                                    : " members="
                                            + r.members().stream()
                                                    .map(JoinGroupResponseData.JoinGroupResponseMember::memberId)
                                                    .toList())
                            + (r.skipAssignment() ? " skip" : "");
        }
        if (response instanceof SyncGroupResponseData r) {
            return r.errorCode() != 0 ? error(r.errorCode()) : "assigned " + utf8(r.assignment());
        }
        if (response instanceof HeartbeatResponseData r) {
            return error(r.errorCode());
        }
        if (response instanceof LeaveGroupResponseData r) {
            return r.members().isEmpty()
                    ? "left " + error(r.errorCode())
                    : "left "
                            + r.members().stream()
                                    .map(m -> m.memberId() + ":" + error(m.errorCode()))
                                    .toList();
        }
        if (response instanceof OffsetCommitResponseData r) {
            return "committed "
                    + r.topics().stream()
                            .flatMap(t -> t.partitions().stream()
                                    .map(p -> Map.entry(t.name() + "-" + p.partitionIndex(), error(p.errorCode()))))
                            .map(Object::toString)
                            .collect(Collectors.joining(" "));
        }
        return response.toString();
    }

    private static String error(short code) {
        return Errors.forCode(code).name();
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
