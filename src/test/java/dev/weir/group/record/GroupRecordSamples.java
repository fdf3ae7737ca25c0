package dev.weir.group.record;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/** One record of every kind and every shape. */
public final class GroupRecordSamples {
    static final Uuid TOPIC = new Uuid(7, 9);

    private GroupRecordSamples() {}

    static Stream<GroupRecord> all() {
        return Stream.of(offsets(), classic(), consumer()).flatMap(List::stream);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static CommittedOffset offsetOf(long value) {
        return new CommittedOffset(value, -1, "", 1, -1, Uuid.ZERO_UUID);
    }

    private static List<GroupRecord> offsets() {
        return List.of(
                new GroupRecord.OffsetCommit("g", "t", 3, null),
                offset(new CommittedOffset(42, 5, "why", 1_700_000_000_000L, -1, TOPIC)),
                offset(new CommittedOffset(Long.MAX_VALUE, -1, "", 0, -1, Uuid.ZERO_UUID)),
                offset(new CommittedOffset(42, -1, "m\u00e4h \ud83d\ude00".repeat(40), 1, 99, Uuid.ZERO_UUID)));
    }

    private static GroupRecord offset(CommittedOffset value) {
        return new GroupRecord.OffsetCommit("gr\u00fcppe", "topic.\u00e9", 300, value);
    }

    private static List<GroupRecord> classic() {
        return List.of(
                new GroupRecord.ClassicGroupMetadata("g", null),
                new GroupRecord.ClassicGroupMetadata(
                        "", new ClassicGroupSnapshot("", 0, null, null, 1_700_000_000_000L, List.of())),
                new GroupRecord.ClassicGroupMetadata(
                        "g",
                        new ClassicGroupSnapshot(
                                "consumer",
                                7,
                                "range",
                                "m-1",
                                -1,
                                List.of(
                                        new ClassicGroupSnapshot.Member(
                                                "m-1", "i-1", "c", "/127.0.0.1", 300_000, 45_000, utf8("s"), utf8("")),
                                        new ClassicGroupSnapshot.Member(
                                                "m-2", null, "c", "/::1", 1, 2, utf8(""), utf8("x".repeat(9_000)))))));
    }

    private static List<GroupRecord> consumer() {
        GroupRecord.TopicPartitions plain = new GroupRecord.TopicPartitions(TOPIC, List.of(0, 5, 1000));
        GroupRecord.TopicPartitions withEpochs = new GroupRecord.TopicPartitions(TOPIC, List.of(0, 5), List.of(3, 4));
        return List.of(
                new GroupRecord.ConsumerGroupEpoch("g", null),
                new GroupRecord.ConsumerGroupEpoch("g", new GroupRecord.ConsumerGroupEpoch.Epoch(4, 0)),
                new GroupRecord.ConsumerGroupEpoch("g", new GroupRecord.ConsumerGroupEpoch.Epoch(4, -77)),
                new GroupRecord.ConsumerGroupPartitionMetadata("g", false),
                new GroupRecord.ConsumerGroupPartitionMetadata("g", true),
                new GroupRecord.ConsumerGroupMemberMetadata("g", "m", null),
                new GroupRecord.ConsumerGroupMemberMetadata(
                        "g",
                        "m",
                        new GroupRecord.ConsumerGroupMemberMetadata.Member(
                                null, null, "c", "/h", List.of(), null, -1, null, null)),
                new GroupRecord.ConsumerGroupMemberMetadata(
                        "g",
                        "m",
                        new GroupRecord.ConsumerGroupMemberMetadata.Member(
                                "i",
                                "rack",
                                "c",
                                "/h",
                                List.of("a", "b"),
                                "x.*",
                                5_000,
                                "uniform",
                                new GroupRecord.ConsumerGroupMemberMetadata.ClassicMemberMetadata(
                                        45_000, List.of(new GroupRecord.ClassicProtocol("range", utf8("meta")))))),
                new GroupRecord.ConsumerGroupTargetEpoch("g", null),
                new GroupRecord.ConsumerGroupTargetEpoch(
                        "g", new GroupRecord.ConsumerGroupTargetEpoch.TargetEpoch(9, 0)),
                new GroupRecord.ConsumerGroupTargetEpoch(
                        "g", new GroupRecord.ConsumerGroupTargetEpoch.TargetEpoch(9, 1_700_000_000_000L)),
                new GroupRecord.ConsumerGroupTargetAssignment("g", "m", null),
                new GroupRecord.ConsumerGroupTargetAssignment("g", "m", List.of()),
                new GroupRecord.ConsumerGroupTargetAssignment("g", "m", List.of(plain, plain)),
                new GroupRecord.ConsumerGroupCurrentAssignment("g", "m", null),
                new GroupRecord.ConsumerGroupCurrentAssignment(
                        "g",
                        "m",
                        new GroupRecord.ConsumerGroupCurrentAssignment.Current(
                                3, 2, (byte) 1, List.of(plain, withEpochs), List.of(withEpochs))),
                new GroupRecord.ConsumerGroupRegex("g", "a.*", null),
                new GroupRecord.ConsumerGroupRegex(
                        "g", "a.*", new GroupRecord.ConsumerGroupRegex.Resolved(List.of("a1", "a2"), 12, 99)));
    }
}
