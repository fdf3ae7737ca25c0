package dev.weir.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The map from listener name to security protocol, as in {@code EXTERNAL:PLAINTEXT,INTERNAL:PLAINTEXT}. */
final class SecurityProtocols {
    static final String PLAINTEXT = "PLAINTEXT";
    private static final Set<String> KNOWN = Set.of(PLAINTEXT, "SSL", "SASL_PLAINTEXT", "SASL_SSL");

    private SecurityProtocols() {}

    static boolean isWellFormed(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(pair -> !pair.isEmpty())
                .allMatch(pair -> pair.matches("[A-Za-z0-9_-]+:[A-Za-z_]+")
                        && KNOWN.contains(pair.substring(pair.indexOf(':') + 1).toUpperCase(Locale.ROOT)));
    }

    /** The protocol of a listener name; a name that is itself a protocol needs no entry. Empty if it isn't known. */
    static String of(String listenerName, String text) {
        Map<String, String> byName = new HashMap<>();
        KNOWN.forEach(protocol -> byName.put(protocol, protocol));
        for (String pair : text.split(",")) {
            int colon = pair.indexOf(':');
            if (colon > 0) {
                byName.put(
                        pair.substring(0, colon).strip().toUpperCase(Locale.ROOT),
                        pair.substring(colon + 1).strip().toUpperCase(Locale.ROOT));
            }
        }
        return byName.getOrDefault(listenerName, "");
    }
}
