package dev.weir.config;

import java.util.Collection;
import java.util.Optional;

/** The known name that a mistyped one may have meant, by the number of letters to change, add or leave out. */
final class Suggestion {
    private static final int MOST_CHANGES = 4;
    private static final int LETTERS_PER_CHANGE = 5;

    private Suggestion() {}

    /** The end of a sentence that names the nearest known setting; no text if none is near. */
    static String hint(String name, Collection<String> known) {
        return nearest(name, known)
                .map(nearest -> "; the nearest known setting is " + nearest)
                .orElse("");
    }

    /**
     * The nearest of {@code known}, the alphabetically first of several; empty if none is so near that it looks like a
     * slip: about one letter in five, and no more than four.
     */
    static Optional<String> nearest(String name, Collection<String> known) {
        String nearest = "";
        int least = Math.min(MOST_CHANGES, 1 + name.length() / LETTERS_PER_CHANGE) + 1;
        for (String candidate : known) {
            int distance = distance(name, candidate);
            boolean earlier = distance == least && !nearest.isEmpty() && candidate.compareTo(nearest) < 0;
            if (distance < least || earlier) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
    }

    /** The Levenshtein distance. */
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int change = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
                current[column] =
                        Math.min(previous[column - 1] + change, 1 + Math.min(previous[column], current[column - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
