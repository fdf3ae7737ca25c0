package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.join;
import static dev.weir.group.ClassicRequests.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.core.GroupRules;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three groups: {@code g} is stable, {@code joining} is in its first rebalance, {@code simple} only holds an offset. */
class GroupAdminTest {
    private final GroupDriver driver = new GroupDriver(GroupRules.of(BrokerConfig.defaults()));

    @BeforeEach
    void makeGroups() {
        driver.send(join("", "range"), 3);
        driver.advance(3_000);
        driver.send(sync("client-1", 1, Map.of("client-1", "A")), 5);
        driver.send(commit("", -1, "t", 0, 1).setGroupId("simple"), 9);
        driver.send(join("", "range").setGroupId("joining"), 3);
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', g joining simple",
        "stable, '', g",
        "EMPTY, '', simple",
        "PreparingRebalance, classic, joining",
        "'', Classic, g joining simple",
        "'', consumer, ''",
        "nonsense, '', ''"
    })
    void shouldListGroupsByStateAndType(String state, String type, String expected) {
        var request = new ListGroupsRequestData()
                .setStatesFilter(state.isEmpty() ? List.of() : List.of(state))
                .setTypesFilter(type.isEmpty() ? List.of() : List.of(type));

        var reply = driver.ask(request, 5, ListGroupsResponseData.class);

        assertThat(reply.groups().stream().map(ListedGroup::groupId).sorted().toList())
                .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
        assertThat(reply.groups()).allSatisfy(g -> assertThat(g.groupType()).isEqualTo("classic"));
    }

    @Test
    void shouldDescribeMembersInFullOnlyWhileStable() {
        var request = new DescribeGroupsRequestData().setGroups(List.of("g", "joining", "simple"));

        var groups = driver.ask(request, 6, DescribeGroupsResponseData.class).groups();

        assertThat(groups)
                .extracting(g -> g.groupState() + "/" + g.protocolType() + "/" + g.protocolData())
                .containsExactly("Stable/consumer/range", "PreparingRebalance/consumer/", "Empty//");
        var member = groups.get(0).members().get(0);
        assertThat(member.memberId()).isEqualTo("client-1");
        assertThat(member.clientId()).isEqualTo("client");
        assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
        assertThat(member.memberMetadata()).isEqualTo(ClassicRequests.subscription("t"));
        assertThat(member.memberAssignment()).isEqualTo("A".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(groups.get(1).members()).singleElement().satisfies(m -> assertThat(m.memberMetadata())
                .isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"5, NONE", "6, GROUP_ID_NOT_FOUND"})
    void shouldDescribeAGroupThatIsNotThereAsDead(short apiVersion, Errors expected) {
        var request = new DescribeGroupsRequestData().setGroups(List.of("none"));

        var groups = driver.ask(request, apiVersion, DescribeGroupsResponseData.class)
                .groups();

        assertThat(groups).singleElement().satisfies(g -> {
            assertThat(g.groupState()).isEqualTo("Dead");
            assertThat(Errors.forCode(g.errorCode())).isEqualTo(expected);
        });
    }

    @Test
    void shouldDeleteOnlyEmptyGroupsAndForGood() {
        var request = new DeleteGroupsRequestData().setGroupsNames(List.of("g", "simple", "none", "joining"));

        var results = driver.ask(request, 2, DeleteGroupsResponseData.class).results();

        assertThat(Errors.forCode(results.find("g").errorCode())).isEqualTo(Errors.NON_EMPTY_GROUP);
        assertThat(Errors.forCode(results.find("joining").errorCode())).isEqualTo(Errors.NON_EMPTY_GROUP);
        assertThat(Errors.forCode(results.find("simple").errorCode())).isEqualTo(Errors.NONE);
        assertThat(Errors.forCode(results.find("none").errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(driver.core.find("simple")).isNull();
        assertThat(driver.core.offsets().count()).isZero();
        driver.crash();
        assertThat(driver.core.find("simple")).isNull();
        assertThat(driver.core.find("g")).isNotNull();
    }

    @Test
    void shouldLetACommitThatRacesADeletionMakeTheGroupAnew() {
        driver.send(new DeleteGroupsRequestData().setGroupsNames(List.of("simple")), 2);

        driver.send(commit("", -1, "t", 0, 2).setGroupId("simple"), 9);

        driver.crash();
        assertThat(driver.core.find("simple")).isNotNull();
        assertThat(driver.core.offsets().count()).isEqualTo(1);
    }
}
