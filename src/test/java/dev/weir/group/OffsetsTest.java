package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.join;
import static dev.weir.group.ClassicRequests.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.core.Group;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.core.GroupRules;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets committed, fetched and deleted, of consumers in no group and of members. */
class OffsetsTest {
    private static final String GROUP = ClassicRequests.GROUP;
    private final GroupDriver driver = new GroupDriver(GroupRules.of(BrokerConfig.defaults()));

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldFetchWhatWasCommitted(int apiVersion) {
        // given
        var partition = new OffsetCommitRequestPartition()
                .setPartitionIndex(3)
                .setCommittedOffset(42)
                .setCommittedLeaderEpoch(7)
                .setCommittedMetadata("why");

        // when
        var reply = driver.ask(commit("", -1, "t", partition), apiVersion, OffsetCommitResponseData.class);

        // then
        assertThat(GroupReplies.error(reply)).isEqualTo(Errors.NONE);
        assertThat(fetch(9, "t", 3))
                .isEqualTo(new OffsetFetchResponsePartitions()
                        .setPartitionIndex(3)
                        .setCommittedOffset(42)
                        .setCommittedLeaderEpoch(7)
                        .setMetadata("why"));
    }

    @Test
    void shouldWriteOneRecordForEachPartitionInOneAppend() {
        driver.send(commit("", -1, "t", at(0, 1), at(1, 2), at(2, 3)), 9);

        assertThat(driver.last.records()).hasSize(3);
        assertThat(driver.last.effects()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void shouldAnswerFetchesInTheShapeOfEachVersion(int apiVersion) {
        driver.send(commit("", -1, "t", at(0, 5)), 9);

        var reply = driver.ask(fetchRequest(apiVersion, "t", 0, 1), apiVersion, OffsetFetchResponseData.class);

        assertThat(MessageUtil.toByteBufferAccessor(reply, (short) apiVersion)).isNotNull();
        assertThat(partitions(reply, apiVersion))
                .extracting(OffsetFetchResponsePartitions::committedOffset)
                .containsExactly(5L, -1L);
    }

    @Test
    void shouldFetchAllOffsetsOfManyGroups() {
        driver.send(commit("", -1, "t", at(0, 5), at(7, 6)), 9);
        driver.send(commit("", -1, "u", at(1, 7)).setGroupId("h"), 9);
        var request = new OffsetFetchRequestData()
                .setGroups(List.of(
                        new OffsetFetchRequestGroup().setGroupId(GROUP).setTopics(null),
                        new OffsetFetchRequestGroup().setGroupId("h").setTopics(null),
                        new OffsetFetchRequestGroup().setGroupId("none").setTopics(null)));

        var reply = driver.ask(request, 9, OffsetFetchResponseData.class);

        assertThat(reply.groups().stream()
                        .map(g -> g.groupId()
                                + g.errorCode()
                                + g.topics().stream()
                                        .flatMap(t -> t.partitions().stream()
                                                .map(p -> t.name() + p.partitionIndex() + "=" + p.committedOffset()))
                                        .toList())
                        .toList())
                .containsExactly("g0[t0=5, t7=6]", "h0[u1=7]", "none0[]");
    }

    @Test
    void shouldNotTakeTheOffsetOfADeletedTopicForThatOfItsNamesake() {
        Uuid former = new Uuid(1, 1);
        var request = commit("", -1, "t", at(0, 5));
        request.topics().get(0).setTopicId(former);
        driver.send(request, 10);

        assertThat(fetchById("t", former, 0)).isEqualTo(5);
        assertThat(fetchById("t", new Uuid(2, 2), 0)).isEqualTo(-1);
        assertThat(fetchById("t", Uuid.ZERO_UUID, 0)).isEqualTo(5);
    }

    @Test
    void shouldRefuseLongMetadataForItsPartitionOnly() {
        var long4097 = at(0, 1).setCommittedMetadata("x".repeat(4_097));
        var long4096 = at(1, 1).setCommittedMetadata("x".repeat(4_096));
        var umlauts = at(2, 1).setCommittedMetadata("\u00fc".repeat(4_000));

        var reply = driver.ask(commit("", -1, "t", long4097, long4096, umlauts), 9, OffsetCommitResponseData.class);

        assertThat(reply.topics().get(0).partitions())
                .extracting(p -> Errors.forCode(p.errorCode()))
                .containsExactly(Errors.OFFSET_METADATA_TOO_LARGE, Errors.NONE, Errors.OFFSET_METADATA_TOO_LARGE);
        assertThat(driver.core.offsets().count()).isEqualTo(1);
    }

    @Test
    void shouldKeepAMemberAliveByItsCommits() {
        formGroup();

        driver.advance(9_000);
        driver.send(commit("client-1", 1, "t", at(0, 1)), 9);
        driver.advance(9_000);

        assertThat(driver.core.groups()).extracting(Group::stateName).containsExactly("Stable");
    }

    @Test
    void shouldDeleteOffsetsButNotOfSubscribedTopics() {
        formGroup();
        driver.send(commit("client-1", 1, "t", at(0, 1)), 9);
        driver.send(commit("client-1", 1, "left", at(0, 2), at(1, 3)), 9);

        var reply = driver.ask(deletion("t", "left"), 0, OffsetDeleteResponseData.class);

        assertThat(reply.errorCode()).isZero();
        assertThat(Errors.forCode(reply.topics().find("t").partitions().find(0).errorCode()))
                .isEqualTo(Errors.GROUP_SUBSCRIBED_TO_TOPIC);
        assertThat(Errors.forCode(
                        reply.topics().find("left").partitions().find(0).errorCode()))
                .isEqualTo(Errors.NONE);
        assertThat(fetch(9, "left", 0).committedOffset()).isEqualTo(-1);
        assertThat(fetch(9, "left", 1).committedOffset()).isEqualTo(3);
        assertThat(fetch(9, "t", 0).committedOffset()).isEqualTo(1);
    }

    @Test
    void shouldReadASubscriptionThatEndsBeforeItsVersionDoes() {
        // given: marked as version 1, with the fields of version 0 only: no topics, no user data
        byte[] subscription = {0, 1, 0, 0, 0, 0, -1, -1, -1, -1};
        JoinGroupRequestData join = join("", "range");
        join.protocols().find("range").setMetadata(subscription);
        driver.send(join, 3);
        driver.advance(3_000);
        driver.send(commit("client-1", 1, "t", at(0, 1)), 9);

        // when
        var reply = driver.ask(deletion("t"), 0, OffsetDeleteResponseData.class);

        // then
        assertThat(Errors.forCode(reply.topics().find("t").partitions().find(0).errorCode()))
                .isEqualTo(Errors.NONE);
    }

    @Test
    void shouldRefuseToDeleteOffsetsOfNoGroupOrOfAForeignOneThatLives() {
        var none = driver.ask(deletion("t"), 0, OffsetDeleteResponseData.class);
        long join = driver.send(join("", "range").setProtocolType("connect"), 3);
        driver.advance(3_000);
        var foreign = driver.ask(deletion("t"), 0, OffsetDeleteResponseData.class);

        assertThat(driver.replies).containsKey(join);
        assertThat(Errors.forCode(none.errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(Errors.forCode(foreign.errorCode())).isEqualTo(Errors.NON_EMPTY_GROUP);
    }

    @Test
    void shouldForgetTheOffsetsOfADeletedTopic() {
        driver.send(commit("", -1, "t", at(0, 1), at(1, 1)), 9);
        driver.send(commit("", -1, "u", at(0, 1)).setGroupId("h"), 9);

        driver.perform(driver.core.onTopicsDeleted(List.of("t", "other"), driver.wallMs));

        assertThat(driver.core.offsets().groupIds()).containsExactly("h");
        driver.crash();
        assertThat(driver.core.offsets().groupIds()).containsExactly("h");
    }

    @Test
    void shouldHoldTransactionalOffsetsBackUntilTheirTransactionEnds() {
        driver.send(commit("", -1, "t", at(0, 1)), 9);
        driver.send(transactional(77, 0, 10), 4);

        assertThat(driver.last.producer()).isEqualTo(new GroupOutcome.Producer(77, (short) 0));
        assertThat(fetch(9, "t", 0).committedOffset()).isEqualTo(1);
        var stable = fetchRequest(9, "t", 0).setRequireStable(true);
        assertThat(partitions(driver.ask(stable, 9, OffsetFetchResponseData.class), 9))
                .extracting(p -> Errors.forCode(p.errorCode()))
                .containsExactly(Errors.UNSTABLE_OFFSET_COMMIT);

        driver.core.endTransaction(77, true);
        assertThat(partitions(driver.ask(stable, 9, OffsetFetchResponseData.class), 9))
                .extracting(OffsetFetchResponsePartitions::committedOffset)
                .containsExactly(10L);

        driver.send(transactional(78, 0, 20), 4);
        driver.core.endTransaction(78, false);
        assertThat(fetch(9, "t", 0).committedOffset()).isEqualTo(10);
    }

    @Test
    void shouldLoadTransactionalOffsetsWithTheirProducer() {
        driver.send(transactional(77, 0, 10), 4);
        GroupCoordinatorCore loaded =
                new GroupCoordinatorCore(GroupRules.of(BrokerConfig.defaults()), () -> "", new NoConsumerGroups());

        driver.last.records().forEach(record -> loaded.replay(77, record));
        assertThat(loaded.offsets().count()).isZero();
        loaded.endTransaction(77, true);

        assertThat(loaded.offsets().get(GROUP, "t", 0)).isNotNull();
    }

    private void formGroup() {
        driver.send(join("", "range"), 3);
        driver.advance(3_000);
        driver.send(sync("client-1", 1, Map.of("client-1", "A")), 5);
    }

    private static OffsetCommitRequestPartition at(int partition, long offset) {
        return new OffsetCommitRequestPartition().setPartitionIndex(partition).setCommittedOffset(offset);
    }

    private static TxnOffsetCommitRequestData transactional(long producerId, int partition, long offset) {
        return new TxnOffsetCommitRequestData()
                .setGroupId(GROUP)
                .setTransactionalId("tx")
                .setProducerId(producerId)
                .setProducerEpoch((short) 0)
                .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)))));
    }

    private static OffsetDeleteRequestData deletion(String... topics) {
        OffsetDeleteRequestTopicCollection collection = new OffsetDeleteRequestTopicCollection();
        for (String topic : topics) {
            collection.add(new OffsetDeleteRequestTopic()
                    .setName(topic)
                    .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));
        }
        return new OffsetDeleteRequestData().setGroupId(GROUP).setTopics(collection);
    }

    private OffsetFetchResponsePartitions fetch(int apiVersion, String topic, int partition) {
        var reply = driver.ask(fetchRequest(apiVersion, topic, partition), apiVersion, OffsetFetchResponseData.class);
        return partitions(reply, apiVersion).get(0);
    }

    private long fetchById(String topic, Uuid id, int partition) {
        var request = fetchRequest(10, topic, partition);
        request.groups().get(0).topics().get(0).setTopicId(id);
        return partitions(driver.ask(request, 10, OffsetFetchResponseData.class), 10)
                .get(0)
                .committedOffset();
    }

    private static OffsetFetchRequestData fetchRequest(int apiVersion, String topic, Integer... partitions) {
        return apiVersion < 8
                ? new OffsetFetchRequestData()
                        .setGroupId(GROUP)
                        .setTopics(List.of(
                                new OffsetFetchRequestTopic().setName(topic).setPartitionIndexes(List.of(partitions))))
                : new OffsetFetchRequestData()
                        .setGroups(List.of(new OffsetFetchRequestGroup()
                                .setGroupId(GROUP)
                                .setTopics(List.of(new OffsetFetchRequestTopics()
                                        .setName(topic)
                                        .setPartitionIndexes(List.of(partitions))))));
    }

    private static List<OffsetFetchResponsePartitions> partitions(OffsetFetchResponseData reply, int apiVersion) {
        return apiVersion >= 8
                ? reply.groups().get(0).topics().get(0).partitions()
                : reply.topics().get(0).partitions().stream()
                        .map(p -> new OffsetFetchResponsePartitions()
                                .setPartitionIndex(p.partitionIndex())
                                .setCommittedOffset(p.committedOffset())
                                .setMetadata(p.metadata())
                                .setErrorCode(p.errorCode()))
                        .toList();
    }
}
