package dev.weir.config;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/**
 * One topic setting with the broker settings that give its default, most specific first.
 *
 * @param key name, type, default, bounds and documentation
 * @param synonyms the broker settings; never empty
 */
record TopicSetting(ConfigKey key, List<BrokerSynonym> synonyms) {
    TopicSetting {
        synonyms = List.copyOf(synonyms);
    }

    /** A topic setting that has no synonym yet. */
    static TopicSetting of(String name, Type type, Object defaultValue, @Nullable Bounds bounds, String doc) {
        return new TopicSetting(
                new ConfigKey(
                        name,
                        type,
                        defaultValue,
                        bounds,
                        Importance.MEDIUM,
                        doc,
                        "Topics",
                        0,
                        Width.MEDIUM,
                        name,
                        List.of(),
                        null,
                        false),
                List.of());
    }

    /** With the one broker setting of the same type, unit and default. */
    TopicSetting from(String brokerName, Importance importance) {
        return with(
                new BrokerSynonym(brokerName, key.type, key.defaultValue, importance, true, BrokerSynonym.MILLISECOND));
    }

    TopicSetting with(BrokerSynonym synonym) {
        List<BrokerSynonym> all = new ArrayList<>(synonyms);
        all.add(synonym);
        return new TopicSetting(key, all);
    }

    /** Declares the broker settings of this topic setting. */
    void declareSynonyms(Declarations to) {
        for (int i = 0; i < synonyms.size(); i++) {
            BrokerSynonym synonym = synonyms.get(i);
            String doc = "The default of the topic setting `" + key.name + "`" + unit(synonym) + fallback(i) + ". "
                    + key.documentation;
            if (synonym.isLive()) {
                to.live(
                        synonym.name(),
                        synonym.type(),
                        synonym.defaultValue(),
                        key.validator,
                        synonym.importance(),
                        doc);
            } else {
                to.fixed(
                        synonym.name(),
                        synonym.type(),
                        synonym.defaultValue(),
                        key.validator,
                        synonym.importance(),
                        doc);
            }
        }
    }

    private static String unit(BrokerSynonym synonym) {
        if (synonym.unitMs() == BrokerSynonym.HOUR) {
            return ", in hours";
        }
        return synonym.unitMs() == BrokerSynonym.MINUTE ? ", in minutes" : "";
    }

    private String fallback(int index) {
        if (index == 0) {
            return "";
        }
        List<String> before = synonyms.subList(0, index).stream()
                .map(synonym -> "`" + synonym.name() + "`")
                .toList();
        return ", used when " + String.join(" and ", before) + (index == 1 ? " is" : " are") + " not set";
    }
}
