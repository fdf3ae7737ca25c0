package dev.weir.controller;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the elections that this broker's controller has decided, and warns of those that may lose records. Owned by the controller. */
final class ElectionLog {
    private static final Logger LOG = LoggerFactory.getLogger(ElectionLog.class);
    private static final int MOST_NAMED = 10;

    private ControllerStats.Counts counts = ControllerStats.Counts.NONE;

    ControllerStats.Counts counts() {
        return counts;
    }

    /** They are committed. */
    void add(Elections elections) {
        counts = counts.plus(elections.counts());
        List<Elections.Unclean> unclean = elections.unclean();
        unclean.stream().limit(MOST_NAMED).forEach(ElectionLog::warn);
        if (unclean.size() > MOST_NAMED) {
            LOG.warn(
                    "{} more partitions are led by replicas that may lack acknowledged records",
                    unclean.size() - MOST_NAMED);
        }
    }

    private static void warn(Elections.Unclean one) {
        LOG.warn(
                "{}-{} is led by broker {}, which may lack acknowledged records: no replica that is known to have them all"
                        + " is left, and {}",
                one.topic(),
                one.partition(),
                one.leader(),
                one.wasLast() ? "it led last" : "unclean.leader.election.enable or an operator allows it");
    }
}
