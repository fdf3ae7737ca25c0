package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.config.ConfigLoader;
import dev.weir.config.LoadResult;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class QuorumsTest {
    private static final String LISTENERS = "listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093";
    private static final String NAMES = "controller.listener.names=CONTROLLER";
    private static final String PROTOCOLS = "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT";

    /** The others, once there are any, have to reach it where it serves the quorum. */
    @Test
    void shouldNameTheListenerForControllersOfABrokerThatIsAlone() {
        VoterSet voters = voters(LISTENERS, NAMES, PROTOCOLS);

        assertThat(endpoints(voters, 1)).containsExactly(new Voter.Endpoint("CONTROLLER", "localhost", 9093));
    }

    @Test
    void shouldNameTheListenerForControllersOfConfiguredVoters() {
        VoterSet voters = voters(LISTENERS, NAMES, PROTOCOLS, "controller.quorum.voters=1@localhost:9093,2@other:9093");

        assertThat(endpoints(voters, 2)).containsExactly(new Voter.Endpoint("CONTROLLER", "other", 9093));
    }

    @Test
    void shouldNameTheListenerForBrokersIfControllersHaveNoneOfTheirOwn() {
        VoterSet voters = voters(
                "listeners=PLAINTEXT://localhost:9092,PEERS://localhost:9093",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PEERS:PLAINTEXT",
                "inter.broker.listener.name=PEERS");

        assertThat(endpoints(voters, 1)).containsExactly(new Voter.Endpoint("PEERS", "localhost", 9093));
    }

    private static List<Voter.Endpoint> endpoints(VoterSet voters, int id) {
        return voters.voter(id).orElseThrow().endpoints();
    }

    private static VoterSet voters(String... settings) {
        LoadResult loaded = ConfigLoader.load(null, Map.of(), List.of(settings));
        assertThat(loaded).isInstanceOf(LoadResult.Accepted.class);
        BrokerConfig config = ((LoadResult.Accepted) loaded).config();
        return Quorums.setup(config, config.listeners(), Optional.of("cluster"), Uuid.randomUuid())
                .configured();
    }
}
