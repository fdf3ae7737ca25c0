package dev.weir.it;

import java.util.Map;

/** Answers that must hold what was asked for. */
final class Found {
    private Found() {}

    /** The value of this key; fails where there is none. */
    static <K, V> V in(Map<K, V> answers, K key) {
        V value = answers.get(key);
        if (value == null) {
            throw new AssertionError("nothing for " + key + " in " + answers);
        }
        return value;
    }
}
