package dev.weir.peer;

import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;

/** The versions of each API that a peer and this broker both understand. Immutable. */
public final class PeerVersions {
    /** What is returned if there is no common version. */
    public static final short NONE = -1;

    private final Map<ApiKeys, Short> newest = new EnumMap<>(ApiKeys.class);

    private PeerVersions() {}

    static PeerVersions of(ApiVersionsResponseData response) {
        PeerVersions versions = new PeerVersions();
        for (ApiVersion range : response.apiKeys()) {
            if (ApiKeys.hasId(range.apiKey())) {
                ApiKeys api = ApiKeys.forId(range.apiKey());
                int common = Math.min(range.maxVersion(), api.latestVersion(false));
                if (common >= range.minVersion() && common >= api.oldestVersion()) {
                    versions.newest.put(api, (short) common);
                }
            }
        }
        return versions;
    }

    /** Returns the newest common version, or {@link #NONE}. */
    public short newest(ApiKeys api) {
        return newest.getOrDefault(api, NONE);
    }
}
