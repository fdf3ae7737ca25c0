package dev.weir.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code NAME://host:port}. */
final class ListenerParser {
    /** What an empty host stands for: without authentication nothing beyond this machine is served unless it is named. */
    static final String LOOPBACK = "localhost";

    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9_-]+)://(?:\\[([0-9A-Fa-f:.%]+)]|([^/:\\[\\]\\s]*)):(\\d{1,5})");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
    private static final int MAX_PORT = 65_535;

    private ListenerParser() {}

    /** Whether the text can name a listener. */
    static boolean isName(String text) {
        return NAME.matcher(text.strip()).matches();
    }

    /** The listener, or null if the text has another form. */
    static @Nullable Listener parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return null;
        }
        int port = Integer.parseInt(form.group(4));
        if (port > MAX_PORT) {
            return null;
        }
        String host = form.group(2) != null ? form.group(2) : form.group(3);
        return new Listener(
                form.group(1).toUpperCase(Locale.ROOT), host == null || host.isEmpty() ? LOOPBACK : host, port);
    }
}
