package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The licenses in the real jar: of Weir itself, and of all that the jar's list of parts names. */
class LicensesIT {
    private static final String TEXTS = "META-INF/licenses/";

    private static JarFile jar;

    /** What the jar contains, by {@code group:artifact}: the component of the list of parts. */
    private static Map<String, JsonObject> parts;

    /** The rows of the table of licenses, by {@code group:artifact}. */
    private static Map<String, Row> rows;

    private record Row(String license, List<String> texts) {}

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile(System.getProperty("weir.jar"));
        parts = new TreeMap<>();
        for (Object part : new JsonObject(text("META-INF/sbom/weir.cdx.json")).getJsonArray("components")) {
            JsonObject component = (JsonObject) part;
            parts.put(component.getString("group") + ":" + component.getString("name"), component);
        }
        rows = text(TEXTS + "THIRD-PARTY.txt")
                .lines()
                .map(line -> line.split("\\|", -1))
                .filter(columns -> columns.length == 3)
                .collect(Collectors.toMap(columns -> columns[0].strip(), columns -> row(columns), (a, b) -> a));
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void shouldContainTheLicenseAndTheNoticeOfWeir() throws IOException {
        assertThat(text("META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("LICENSE")));
        assertThat(text("META-INF/NOTICE")).isEqualTo(Files.readString(Path.of("NOTICE")));
    }

    @Test
    void shouldListEveryPartAndNothingElse() {
        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(parts.keySet());
        assertThat(parts).hasSizeGreaterThan(30);
    }

    @Test
    void shouldNameALicenseThatThePartIsUnder() {
        rows.forEach((part, row) ->
                assertThat(licenses(parts.get(part))).as("licenses of %s", part).contains(row.license()));
    }

    @Test
    void shouldContainTheTextOfEveryLicenseButApachesOnce() {
        rows.forEach((part, row) -> {
            assertThat(row.license().equals("Apache-2.0") || !row.texts().isEmpty())
                    .as("a text for %s", part)
                    .isTrue();
            row.texts().forEach(name -> assertThat(jar.getEntry(TEXTS + name))
                    .as("%s for %s", name, part)
                    .isNotNull());
        });
    }

    @Test
    void shouldRepeatEveryNoticeOfAPart() throws IOException {
        String ours = squeezed(text("META-INF/NOTICE"));

        for (URL notice : filesOfParts("META-INF/NOTICE", "META-INF/NOTICE.txt", "META-INF/NOTICE.md", "NOTICE")) {
            assertThat(ours).as("notice %s", notice).contains(squeezed(text(notice)));
        }
    }

    @Test
    void shouldRepeatEveryLicenseOfAPart() throws IOException {
        String ours = jar.stream()
                .filter(entry -> entry.getName().startsWith(TEXTS) && !entry.isDirectory())
                .map(entry -> squeezed(text(entry.getName())))
                .collect(Collectors.joining("\n"));

        List<URL> found = filesOfParts(
                "META-INF/LICENSE",
                "META-INF/LICENSE.txt",
                "META-INF/LICENSE.md",
                "META-INF/thirdparty-LICENSE",
                "LICENSE");

        assertThat(found).hasSizeGreaterThan(4);
        for (URL license : found) {
            String text = squeezed(text(license));
            assertThat(text.startsWith("Apache License Version 2.0") || ours.contains(text))
                    .as("license %s", license)
                    .isTrue();
        }
    }

    /** The files of these names inside the jars of parts, which are on the class path of the tests. */
    private static List<URL> filesOfParts(String... names) throws IOException {
        TreeSet<String> jars = parts.values().stream()
                .map(part -> part.getString("name") + "-" + part.getString("version"))
                .collect(Collectors.toCollection(TreeSet::new));
        List<URL> found = new ArrayList<>();
        for (String name : names) {
            for (URL url : Collections.list(LicensesIT.class.getClassLoader().getResources(name))) {
                String file = Path.of(((JarURLConnection) url.openConnection())
                                .getJarFileURL()
                                .getPath())
                        .getFileName()
                        .toString();
                if (jars.contains(file.replace(".jar", ""))) {
                    found.add(url);
                }
            }
        }
        return found;
    }

    private static List<String> licenses(JsonObject part) {
        return part.getJsonArray("licenses", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .flatMap(choice -> choice.containsKey("license")
                        ? Stream.of(choice.getJsonObject("license"))
                                .map(license -> license.getString("id", license.getString("name")))
                        : Stream.of(choice.getString("expression").split(" (OR|AND) ")))
                .toList();
    }

    private static Row row(String[] columns) {
        List<String> texts = Stream.of(columns[2].split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        return new Row(columns[1].strip(), texts);
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private static String text(String entry) {
        try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(URL url) throws IOException {
        try (InputStream in = url.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
