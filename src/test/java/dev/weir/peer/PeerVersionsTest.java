package dev.weir.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class PeerVersionsTest {
    @Test
    void shouldPickTheNewestVersionThatBothKnow() {
        PeerVersions versions = versions(ApiKeys.VOTE.id, 0, 1);

        assertThat(versions.newest(ApiKeys.VOTE)).isEqualTo((short) 1);
        assertThat(versions(ApiKeys.VOTE.id, 1, 99).newest(ApiKeys.VOTE)).isEqualTo(ApiKeys.VOTE.latestVersion(false));
    }

    @Test
    void shouldHaveNoVersionOfWhatThePeerDoesNotServeOrServesOtherwise() {
        assertThat(versions(ApiKeys.VOTE.id, 0, 1).newest(ApiKeys.FETCH)).isEqualTo(PeerVersions.NONE);
        assertThat(versions(ApiKeys.FETCH.id, 0, 3).newest(ApiKeys.FETCH)).isEqualTo(PeerVersions.NONE);
        assertThat(versions(ApiKeys.VOTE.id, 98, 99).newest(ApiKeys.VOTE)).isEqualTo(PeerVersions.NONE);
    }

    @Test
    void shouldPassOverApisThatNobodyKnowsHere() {
        assertThat(versions((short) 9_999, 0, 1).newest(ApiKeys.VOTE)).isEqualTo(PeerVersions.NONE);
    }

    private static PeerVersions versions(short key, int min, int max) {
        ApiVersionsResponseData response = new ApiVersionsResponseData();
        response.apiKeys()
                .add(new ApiVersion().setApiKey(key).setMinVersion((short) min).setMaxVersion((short) max));
        return PeerVersions.of(response);
    }
}
