package dev.weir.config;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/**
 * One setting of topics or of groups, with the broker settings that give its default, most specific first.
 *
 * @param key name, type, default, bounds and documentation
 * @param synonyms the broker settings; empty if the default is fixed
 */
record ResourceSetting(ConfigKey key, List<BrokerSynonym> synonyms) {
    ResourceSetting {
        synonyms = List.copyOf(synonyms);
    }

    /** A setting that has no synonym yet. */
    static ResourceSetting of(String name, Type type, Object defaultValue, @Nullable Bounds bounds, String doc) {
        return new ResourceSetting(
                new ConfigKey(
                        name,
                        type,
                        defaultValue,
                        bounds,
                        Importance.MEDIUM,
                        doc,
                        null,
                        0,
                        Width.MEDIUM,
                        name,
                        List.of(),
                        null,
                        false),
                List.of());
    }

    /** With the one broker setting of the same type, unit and default. */
    ResourceSetting from(String brokerName, Importance importance) {
        return with(
                new BrokerSynonym(brokerName, key.type, key.defaultValue, importance, true, BrokerSynonym.MILLISECOND));
    }

    ResourceSetting with(BrokerSynonym synonym) {
        List<BrokerSynonym> all = new ArrayList<>(synonyms);
        all.add(synonym);
        return new ResourceSetting(key, all);
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

    /**
     * The value in force: the resource's own, else the first synonym that the broker has a value for. An own value that
     * isn't valid is passed over: values are checked when they are set.
     */
    Object effective(BrokerConfig broker, @Nullable String own) {
        if (own != null && Parsing.problem(key, own).isEmpty()) {
            return Parsing.parse(key, own);
        }
        for (BrokerSynonym synonym : synonyms) {
            Object value = broker.value(synonym.name());
            if (value != null) {
                return synonym.toResourceValue(value);
            }
        }
        return key.defaultValue;
    }
}
