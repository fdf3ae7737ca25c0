package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.MemberNews.Ended;
import dev.weir.cluster.MemberNews.MembersChanged;
import dev.weir.cluster.PeerChange.PeerLost;
import dev.weir.cluster.PeerChange.PeerSeen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class MembershipCoreTest {
    private final MembershipCore core = new MembershipCore();

    @Test
    void shouldTellWhoHasComeAndWhoHasGone() {
        core.on(members(peer(1, 1), peer(2, 1)));

        MembershipCore.Effects effects = core.on(members(peer(3, 1), peer(1, 1)));

        assertThat(effects.changes()).containsExactly(new PeerLost(peer(2, 1)), new PeerSeen(peer(3, 1)));
        assertThat(effects.warnings()).isEmpty();
        assertThat(core.view()).isEqualTo(new MembershipView(true, List.of(peer(1, 1), peer(3, 1))));
    }

    @Test
    void shouldTellThatABrokerHasRestarted() {
        core.on(members(peer(1, 1), peer(2, 1)));

        assertThat(core.on(members(peer(1, 1), peer(2, 2))).changes())
                .containsExactly(new PeerLost(peer(2, 1)), new PeerSeen(peer(2, 2)));
    }

    @Test
    void shouldTakeOneLifeThatIsListedTwiceForOneBroker() {
        core.on(members(peer(1, 1), peer(2, 1), peer(2, 1)));

        assertThat(core.on(members(peer(1, 1), peer(2, 1))).changes()).isEmpty();
    }

    @Test
    void shouldWarnOnceOfTwoMembersWithOneId() {
        MembershipCore.Effects first = core.on(members(peer(1, 1), peer(2, 1), peer(2, 2)));
        MembershipCore.Effects second = core.on(members(peer(1, 1), peer(2, 1), peer(2, 2), peer(3, 1)));

        assertThat(first.changes())
                .containsExactly(new PeerSeen(peer(1, 1)), new PeerSeen(peer(2, 1)), new PeerSeen(peer(2, 2)));
        assertThat(first.warnings()).singleElement().asString().contains("Broker id 2 is used by 2 members", "node.id");
        assertThat(second.warnings()).isEmpty();
    }

    @Test
    void shouldLoseNobodyWhenThisBrokerTakesNoPartAnyMore() {
        core.on(members(peer(1, 1), peer(2, 1)));

        assertThat(core.on(new Ended()).changes()).isEmpty();
        assertThat(core.view()).isEqualTo(MembershipView.NONE);
        assertThat(core.on(members(peer(1, 1))).changes()).containsExactly(new PeerSeen(peer(1, 1)));
    }

    @Test
    void shouldPassOverMembersThatAreNoBrokers() {
        List<Map<String, String>> list = new ArrayList<>(List.of(
                Map.of(),
                Map.of(PeerAttributes.BROKER_ID, "-1"),
                Map.of(
                        PeerAttributes.BROKER_ID, "1",
                        PeerAttributes.INCARNATION, "short",
                        PeerAttributes.QUORUM, "h:1"),
                PeerAttributes.of(peer(1, 1))));

        MembershipCore.Effects effects = core.on(new MembersChanged(list));

        assertThat(effects.changes()).containsExactly(new PeerSeen(peer(1, 1)));
        assertThat(effects.warnings()).singleElement().asString().contains("3 members");
    }

    @Test
    void shouldKeepNoMoreThanTheLimit() {
        core.on(members(Stream.iterate(0, id -> id + 1)
                .limit(MembershipCore.MAX_PEERS + 10L)
                .map(id -> peer(id, 1))
                .toArray(Peer[]::new)));

        assertThat(core.view().peers()).hasSize(MembershipCore.MAX_PEERS);
    }

    static Peer peer(int id, long life) {
        return new Peer(new Life(id, new Uuid(1, life)), new Endpoint("host", 9_000 + id));
    }

    private static MembersChanged members(Peer... peers) {
        return new MembersChanged(Stream.of(peers).map(PeerAttributes::of).toList());
    }
}
