package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of groups that are altered while members are there, and where coordinators are. */
class GroupSettingsIT {
    private static final ConfigResource GROUP = new ConfigResource(ConfigResource.Type.GROUP, "g");
    private static final ConfigResource BROKERS = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final Optional<GroupState> PREPARING = Optional.of(GroupState.PREPARING_REBALANCE);
    private static final int WAIT_MS = 15_000;

    @TempDir
    private Path home;

    private BrokerProcess broker;
    private Admin admin;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        broker = BrokerProcess.start(home);
        admin = Clients.admin(broker.bootstrap());
        client = new RawClient(broker.kafkaPort());
        admin.createTopics(List.of(new NewTopic("t", 4, (short) 1))).all().get();
        client.call(ApiKeys.FIND_COORDINATOR, (short) 4, find((byte) 0, "g"));
    }

    @AfterEach
    void stop() {
        client.close();
        admin.close();
        broker.close();
    }

    @Test
    void shouldServeTheFirstGroupOfANewBrokerAtOnceAndCountWhatItRefuses() {
        // when: the group log has just been made
        short joined = beat(Uuid.randomUuid().toString(), 0).errorCode();

        // then
        assertThat(Errors.forCode(joined)).isEqualTo(Errors.NONE);
        assertThat(broker.metric("weir_network_request_errors_total")).isZero();

        // and when
        short unknown = beat(Uuid.randomUuid().toString(), 3).errorCode();

        // then
        assertThat(Errors.forCode(unknown)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(broker.metric("weir_network_request_errors_total")).isEqualTo(1);
    }

    @Test
    void shouldTellMembersOfAnAlteredHeartbeatInterval() throws Exception {
        // given
        String member = Uuid.randomUuid().toString();
        assertThat(beat(member, 0).errorCode()).isEqualTo(Errors.NONE.code());
        Await.until(() -> beat(member, 1).heartbeatIntervalMs() == 5_000);

        // when
        alter(GROUP, "consumer.heartbeat.interval.ms", "7000");

        // then
        Await.until(() -> beat(member, 1).heartbeatIntervalMs() == 7_000);
        admin.incrementalAlterConfigs(Map.of(
                        GROUP,
                        Set.of(new AlterConfigOp(
                                new ConfigEntry("consumer.heartbeat.interval.ms", null), OpType.DELETE))))
                .all()
                .get();
        Await.until(() -> beat(member, 1).heartbeatIntervalMs() == 5_000);
    }

    @Test
    void shouldHoldAssignmentsBackAsLongAsIsSetForAllGroupsOrForOne() throws Exception {
        // given: an assignment has just been made
        alter(BROKERS, "group.consumer.assignment.interval.ms", Integer.toString(WAIT_MS));
        String first = Uuid.randomUuid().toString();
        assertThat(beat(first, 0).errorCode()).isEqualTo(Errors.NONE.code());

        // when
        String second = Uuid.randomUuid().toString();
        ConsumerGroupHeartbeatResponseData joined = beat(second, 0);
        ConsumerGroupHeartbeatResponseData again = beat(first, 1);

        // then: the newcomer waits with the first group epoch, until the group's own setting lets it go on
        assertThat(joined.memberEpoch()).isEqualTo(1);
        assertThat(again.memberEpoch()).isEqualTo(1);
        alter(GROUP, "consumer.assignment.interval.ms", "0");
        Await.until(() -> beat(second, 1).memberEpoch() == 2);
    }

    @Test
    void shouldKeepAClassicMemberThatWaitsToJoinWhenTheGroupChangesItsProtocol() throws Exception {
        // given: kcat, which ends on an error it does not know, is waiting for the first generation
        PartitionLedger ledger = new PartitionLedger();
        OutsideMember kcat = new OutsideMember("kcat", ledger, Kcat.member(broker.bootstrap(), "g", "t", 10_000));
        kcat.join();
        Await.until(() -> groups().stream().anyMatch(g -> g.groupState().equals(PREPARING)));

        // when
        String member = Uuid.randomUuid().toString();
        assertThat(beat(member, 0).errorCode()).isEqualTo(Errors.NONE.code());

        // then
        assertThat(groups()).extracting(GroupListing::type).containsExactly(Optional.of(GroupType.CONSUMER));
        assertThat(beat(member, -1).errorCode()).isEqualTo(Errors.NONE.code());
        Await.until(() -> ledger.isComplete(4));
        kcat.leave();
    }

    private Collection<GroupListing> groups() throws Exception {
        return admin.listGroups().all().get();
    }

    @ParameterizedTest
    @CsvSource({
        "0, g, NONE",
        "0, '', NONE",
        "2, g:AAAAAAAAAAAAAAAAAAAAAQ:0, INVALID_REQUEST",
        "2, g, INVALID_REQUEST",
        "9, g, INVALID_REQUEST"
    })
    void shouldSayWhereACoordinatorIs(byte type, String key, Errors expected) {
        FindCoordinatorResponseData answer =
                (FindCoordinatorResponseData) client.call(ApiKeys.FIND_COORDINATOR, (short) 6, find(type, key))
                        .data();

        assertThat(answer.coordinators()).singleElement().satisfies(found -> {
            assertThat(Errors.forCode(found.errorCode())).isEqualTo(expected);
            assertThat(found.key()).isEqualTo(key);
        });
    }

    private static FindCoordinatorRequestData find(byte type, String key) {
        return new FindCoordinatorRequestData().setKeyType(type).setCoordinatorKeys(List.of(key));
    }

    private void alter(ConfigResource resource, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(
                        Map.of(resource, Set.of(new AlterConfigOp(new ConfigEntry(name, value), OpType.SET))))
                .all()
                .get();
    }

    private ConsumerGroupHeartbeatResponseData beat(String member, int epoch) {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId("g")
                .setMemberId(member)
                .setMemberEpoch(epoch)
                .setRebalanceTimeoutMs(60_000)
                .setSubscribedTopicNames(List.of("t"))
                .setTopicPartitions(List.of());
        return (ConsumerGroupHeartbeatResponseData) client.call(ApiKeys.CONSUMER_GROUP_HEARTBEAT, (short) 1, request)
                .data();
    }
}
