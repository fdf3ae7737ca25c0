package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A text of some megabytes that people wrote: this project's own sources, until there is enough. */
final class RealText {
    private static final int ENOUGH = 4 * 1024 * 1024;

    private RealText() {}

    /** Lines that end with a line feed each; some are empty. */
    static byte[] read() throws IOException {
        List<Path> sources;
        try (var files = Files.walk(Path.of("src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
        assertThat(sources).isNotEmpty();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (text.size() < ENOUGH) {
            for (Path source : sources) {
                text.writeBytes(Files.readAllBytes(source));
            }
        }
        return text.toByteArray();
    }
}
