package dev.weir.config;

import java.util.ArrayList;
import java.util.List;

/** Warns of settings that ask for several replicas, which this version cannot keep. */
final class Unreplicated {
    private static final String REASON = ": this version does not replicate records between brokers yet";

    private Unreplicated() {}

    static List<String> warnings(BrokerConfig config) {
        List<String> warnings = new ArrayList<>();
        if (Replication.ON) {
            return warnings;
        }
        int factor = config.topicCreation().replicationFactor();
        if (factor > 1) {
            warnings.add("default.replication.factor=" + factor
                    + " refuses every topic whose creator names no replication factor" + REASON);
        }
        int ofOffsets = config.offsets().topicReplicationFactor().orElse(1);
        if (ofOffsets > 1) {
            warnings.add("offsets.topic.replication.factor=" + ofOffsets
                    + " has no effect, __consumer_offsets has one replica" + REASON);
        }
        return warnings;
    }
}
