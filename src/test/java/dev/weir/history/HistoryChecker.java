package dev.weir.history;

import java.util.ArrayList;
import java.util.List;

/** Finds every anomaly of a history, by one check for each side: what was sent, polled, and committed. Stateless. */
public final class HistoryChecker {
    private HistoryChecker() {}

    public static List<Anomaly> check(History history) {
        List<Anomaly> anomalies = new ArrayList<>();
        anomalies.addAll(new SendChecks(history).check());
        anomalies.addAll(new PollChecks(history).check());
        anomalies.addAll(new GroupChecks(history).check());
        return anomalies;
    }
}
