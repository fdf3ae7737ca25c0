package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.junit.jupiter.api.Test;

class ConfigDocsTest {
    private static final Pattern ENTRY = Pattern.compile("#?([a-z]+(?:\\.[a-z]+)*)=(.*)");

    @Test
    void shouldEqualTheReferenceInDocs() throws IOException {
        // when
        String reference = Files.readString(Path.of("docs/configuration.md"));

        // then
        assertThat(reference)
                .as("docs/configuration.md; `make docs` writes it anew")
                .isEqualTo(ConfigDocs.markdown());
    }

    @Test
    void shouldShowInTheSampleFileOnlyKnownSettingsWithTheirDefaults() throws IOException {
        // given
        List<String> shown = new ArrayList<>();

        // when
        for (String line : Files.readAllLines(Path.of("conf/weir.properties"))) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                shown.add(entry.group(1));
                assertThat(BrokerSettings.ALL.isKnown(entry.group(1))).as(line).isTrue();
                assertThat(entry.group(2)).as(line).isEqualTo(BrokerSettings.ALL.defaultText(entry.group(1)));
            } else {
                assertThat(line).matches("|# .*|#");
            }
        }

        // then
        assertThat(shown).doesNotHaveDuplicates().hasSizeGreaterThan(20);
    }

    @Test
    void shouldShowInTheSampleOfAClusterOnlyKnownSettingsAndCommentOutDefaults() throws IOException {
        // given
        Map<String, String> given = new TreeMap<>();

        // when
        for (String line : Files.readAllLines(Path.of("conf/cluster.properties"))) {
            Matcher entry = ENTRY.matcher(line);
            if (!entry.matches()) {
                assertThat(line).matches("|# .*|#");
            } else if (line.startsWith("#")) {
                assertThat(entry.group(2)).as(line).isEqualTo(BrokerSettings.ALL.defaultText(entry.group(1)));
            } else {
                given.put(entry.group(1), entry.group(2));
            }
        }

        // then
        assertThat(given)
                .containsOnlyKeys(
                        "cluster.membership.members",
                        "controller.quorum.voters",
                        "default.replication.factor",
                        "min.insync.replicas")
                .allSatisfy((name, value) ->
                        assertThat(BrokerSettings.ALL.isKnown(name)).isTrue());
    }

    @Test
    void shouldDescribeEverySettingInWholeSentences() {
        // when
        List<ConfigKey> keys =
                new ArrayList<>(BrokerSettings.ALL.definitions().configKeys().values());
        TopicDeclarations.ALL.forEach(setting -> keys.add(setting.key()));
        GroupSettings.all().forEach(setting -> keys.add(setting.key()));

        // then
        assertThat(keys).allSatisfy(key -> assertThat(key.documentation)
                .as(key.name)
                .matches("(?s)[A-Z`0-9].*\\.")
                .doesNotContain("|"));
    }

    @Test
    void shouldAcceptEveryDefault() {
        assertThat(BrokerSettings.ALL.definitions().configKeys().values())
                .filteredOn(key -> key.defaultValue != null)
                .allSatisfy(key -> assertThat(Parsing.problem(key, Parsing.text(key, key.defaultValue)))
                        .as(key.name)
                        .isEmpty());
    }
}
