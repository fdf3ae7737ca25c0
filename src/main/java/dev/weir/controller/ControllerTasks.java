package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.MetadataRecord;
import java.util.List;

/**
 * What the active controller does from time to time without being asked. A decision of a task is bounded; if there may be more to do,
 * it is taken again at the next look. Owned by the controller, on its thread.
 *
 * <p>Times are of a monotonic clock, in milliseconds.
 */
public final class ControllerTasks {
    /** Kafka's number: others' decisions need not wait for more. */
    static final int MOST_ELECTIONS = 1_000;

    private static final long HEAL_MS = 5_000;
    private static final Work NONE = new Work("", List.of());

    private final ControllerCore core;
    private final Settings settings;
    private long preferredAtMs;
    private long leaderlessAtMs;
    private long healAtMs;

    /**
     * The times of the tasks.
     *
     * @param preferredLeaders {@code auto.leader.rebalance.enable}: whether preferred leaders come back by themselves
     * @param preferredMs {@code leader.imbalance.check.interval.seconds}
     * @param leaderlessMs {@code unclean.leader.election.interval.ms}
     */
    public record Settings(boolean preferredLeaders, long preferredMs, long leaderlessMs) {}

    /**
     * What a task has decided.
     *
     * @param what it does, for the log
     * @param records empty if there is nothing to do
     */
    record Work(String what, List<MetadataRecord> records) {
        boolean isEmpty() {
            return records.isEmpty();
        }
    }

    public ControllerTasks(ControllerCore core, Settings settings) {
        this.core = core;
        this.settings = settings;
    }

    /** A term begins: nothing is due at once, as brokers may still be on their way back. */
    void begin(long nowMs) {
        preferredAtMs = nowMs + settings.preferredMs();
        leaderlessAtMs = nowMs + settings.leaderlessMs();
        healAtMs = nowMs + HEAL_MS;
    }

    /**
     * The work of the first task that is due and has any; the others follow at the next looks.
     *
     * @param voters of the metadata quorum
     */
    Work due(ClusterImage image, int voters, long nowMs) {
        if (settings.preferredLeaders() && nowMs >= preferredAtMs) {
            List<MetadataRecord> records = core.preferredLeaders(image, MOST_ELECTIONS);
            preferredAtMs = records.size() < MOST_ELECTIONS ? nowMs + settings.preferredMs() : nowMs;
            if (!records.isEmpty()) {
                return new Work("preferred replicas lead again", records);
            }
        }
        if (nowMs >= leaderlessAtMs) {
            leaderlessAtMs = nowMs + settings.leaderlessMs();
            List<MetadataRecord> records = core.leaderless(image);
            if (!records.isEmpty()) {
                return new Work("have a leader again", records);
            }
        }
        if (nowMs >= healAtMs) {
            healAtMs = nowMs + HEAL_MS;
            return new Work("of internal topics get more replicas", core.healInternalTopics(image, voters));
        }
        return NONE;
    }
}
