package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.MembershipSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MembershipOptionsTest {
    private final Peer self = MembershipCoreTest.peer(1, 1);

    @Test
    void shouldGiveMembersWithoutAPortItsOwn() {
        MembershipSettings settings =
                new MembershipSettings(true, "[::1]", 5_701, List.of("a", "b:7", "[::2]", "[::3]:8"), "svc");

        assertThat(MembershipOptions.of(self, "AAAAAAAAAAAAAAAAAAAAAA", settings))
                .isEqualTo(new MembershipOptions(
                        self,
                        "weir-AAAAAAAAAAAAAAAAAAAAAA",
                        "::1",
                        5_701,
                        List.of(
                                new Endpoint("a", 5_701),
                                new Endpoint("b", 7),
                                new Endpoint("::2", 5_701),
                                new Endpoint("::3", 8)),
                        Optional.of("svc")));
    }

    @Test
    void shouldNameTheGroupWithoutAConfiguredClusterIdToo() {
        MembershipSettings settings = new MembershipSettings(true, "localhost", 5_701, List.of(), null);

        assertThat(MembershipOptions.of(self, null, settings).group()).isEqualTo("weir");
    }
}
