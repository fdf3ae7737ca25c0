package dev.weir.storage;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which of several due compactions comes first: the one with the largest share of dirty bytes. */
public final class CleanerSchedule {
    private CleanerSchedule() {}

    public static Optional<CleaningPlan> next(Collection<CleaningPlan> due) {
        return due.stream().max(Comparator.comparingDouble(CleaningPlan::dirtyRatio));
    }
}
