package dev.weir.config;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/** The reference of all settings as Markdown, made from their declarations. */
public final class ConfigDocs {
    private static final String INTRODUCTION = """
            # Configuration

            This page is made from the declarations in the code by `java -jar target/weir.jar config-docs`.

            Without any configuration a broker starts and serves this machine only. A setting is given in one of these
            ways; where several give the same setting, the one further down the list wins:

            1. the default;
            2. a properties file: `--config FILE` (`conf/weir.properties` is an example);
            3. the command line: `--set log.dirs=/var/lib/weir`, as often as needed, the last one of a name wins;
            4. an environment variable: `WEIR_` and the name in capitals, with `_` for each `.`, so that `WEIR_LOG_DIRS`
               gives `log.dirs`. It comes last so that a deployment can adapt a command line that is baked into an image.

            A name that isn't known is ignored, with a warning that names a known one that is near. A value that isn't
            allowed stops the start.

            Names, types and defaults are those of Apache Kafka's `server.properties`, unless the description says
            otherwise. A setting that is marked *live* can be altered while the broker runs, for one broker or for all
            (`kafka-configs --alter --entity-type brokers`); the others are read once, at start.

            """;

    private ConfigDocs() {}

    /** The whole page. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append("## Broker settings\n");
        Declarations all = BrokerSettings.ALL;
        for (String area : all.definitions().groups()) {
            page.append("\n### ").append(area).append("\n\n");
            page.append("| Setting | Default | Allowed | Live | Meaning |\n|---|---|---|---|---|\n");
            all.definitions().configKeys().values().stream()
                    .filter(key -> area.equals(key.group))
                    .sorted((a, b) -> Integer.compare(a.orderInGroup, b.orderInGroup))
                    .forEach(key -> page.append(row(
                            key.name,
                            code(all.defaultText(key.name)),
                            Parsing.allowed(key),
                            all.isLive(key.name) ? "live" : "",
                            key.documentation)));
        }
        appendResources(
                page,
                "Topic settings",
                "A topic's own value wins over the broker settings in the second column, the first of which that is given"
                        + " counts. Set them with `kafka-topics --create --config` or `kafka-configs --alter"
                        + " --entity-type topics`, at any time.",
                TopicDeclarations.ALL);
        appendResources(
                page,
                "Group settings",
                "A group's own value wins over the broker setting in the second column. Set them with `kafka-configs --alter"
                        + " --entity-type groups`, at any time.",
                GroupSettings.all());
        return page.toString();
    }

    private static void appendResources(StringBuilder page, String title, String text, List<ResourceSetting> settings) {
        page.append("\n## ").append(title).append("\n\n").append(text).append("\n\n");
        page.append("| Setting | Default from | Default | Allowed | Meaning |\n|---|---|---|---|---|\n");
        for (ResourceSetting setting : settings) {
            ConfigKey key = setting.key();
            String synonyms = String.join(
                    ", ",
                    setting.synonyms().stream()
                            .map(synonym -> "`" + synonym.name() + "`")
                            .toList());
            page.append(row(
                    key.name,
                    synonyms,
                    code(Parsing.text(key, key.defaultValue)),
                    Parsing.allowed(key),
                    key.documentation));
        }
    }

    private static String row(String name, String... cells) {
        return "| `" + name + "` | " + String.join(" | ", cells) + " |\n";
    }

    /** As code where it is a literal value, as plain text where it is a phrase, a dash where there is none. */
    private static String code(String text) {
        if (text.isEmpty()) {
            return "–";
        }
        return text.contains(" ") ? text : "`" + text + "`";
    }
}
