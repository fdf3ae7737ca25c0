package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.junit.jupiter.api.Test;

/** Compares every declaration with the one of Apache Kafka's own server. */
class KafkaDefaultsIT {
    /** Settings that Kafka has not, or, as those of throttles, keeps apart since they can be altered live only. */
    private static final Set<String> OWN = Set.of(
            "cluster.id",
            "cluster.membership",
            "cluster.membership.host",
            "cluster.membership.kubernetes.service",
            "cluster.membership.members",
            "cluster.membership.port",
            "follower.replication.throttled.rate",
            "leader.replication.throttled.rate",
            "http.host",
            "http.port",
            "log.dir.reserve.bytes",
            "log.stray.delete.delay.ms",
            "replica.alter.log.dirs.io.max.bytes.per.second");

    /** Settings whose default differs on purpose. */
    private static final Set<String> OTHER_DEFAULT = Set.of(
            "controller.listener.names",
            "group.consumer.assignment.interval.ms",
            "group.coordinator.rebalance.protocols",
            "listener.security.protocol.map",
            "listeners",
            "log.dir",
            "node.id",
            "offsets.topic.replication.factor",
            "queued.max.request.bytes");

    /** Settings whose default goes by the machine here, and may be Kafka's by chance. */
    private static final Set<String> BY_MACHINE = Set.of("num.io.threads", "num.network.threads");

    /** Settings that Kafka changes while it runs and Weir does not. */
    private static final Set<String> NOT_LIVE =
            Set.of("listener.security.protocol.map", "listeners", "num.io.threads", "num.network.threads");

    @Test
    void shouldDeclareBrokerSettingsAsKafkaDoes() throws Exception {
        try (URLClassLoader kafka = kafka()) {
            // given
            Map<?, ?> theirs = keys(call(kafka, "kafka.server.KafkaConfig", "configDef"));
            Collection<ConfigKey> ours =
                    BrokerSettings.ALL.definitions().configKeys().values();

            // when
            Set<String> unknown = new TreeSet<>();
            Set<String> different = new TreeSet<>();
            compare(ours, theirs, unknown, different);

            // then
            assertThat(unknown).isEqualTo(new TreeSet<>(OWN));
            different.removeAll(BY_MACHINE);
            assertThat(different).isEqualTo(new TreeSet<>(OTHER_DEFAULT));
        }
    }

    @Test
    void shouldDeclareTopicSettingsAsKafkaDoes() throws Exception {
        try (URLClassLoader kafka = kafka()) {
            // given
            Map<?, ?> theirs = keys(call(kafka, "org.apache.kafka.storage.internals.log.LogConfig", "configDefCopy"));
            Collection<ConfigKey> ours =
                    TopicDeclarations.ALL.stream().map(ResourceSetting::key).toList();

            // when
            Set<String> unknown = new TreeSet<>();
            Set<String> different = new TreeSet<>();
            compare(ours, theirs, unknown, different);

            // then
            assertThat(unknown).isEmpty();
            assertThat(different).isEmpty();
        }
    }

    @Test
    void shouldAlterTheSettingsThatKafkaAlters() throws Exception {
        try (URLClassLoader kafka = kafka()) {
            // given
            Field field = Class.forName("org.apache.kafka.server.config.DynamicBrokerConfig", true, kafka)
                    .getField("ALL_DYNAMIC_CONFIGS");
            Set<String> theirs = new TreeSet<>();
            ((Collection<?>) field.get(null)).forEach(name -> theirs.add(String.valueOf(name)));

            // when
            Set<String> onlyTheirs =
                    new TreeSet<>(BrokerSettings.ALL.definitions().names());
            onlyTheirs.retainAll(theirs);
            onlyTheirs.removeIf(BrokerSettings.ALL::isLive);
            Set<String> onlyOurs =
                    new TreeSet<>(BrokerSettings.ALL.definitions().names());
            onlyOurs.removeAll(theirs);
            onlyOurs.removeIf(name -> !BrokerSettings.ALL.isLive(name));

            // then
            assertThat(onlyTheirs).isEqualTo(new TreeSet<>(NOT_LIVE));
            assertThat(onlyOurs).isEmpty();
        }
    }

    @Test
    void shouldKnowTheNamesOfAllOthers() throws Exception {
        try (URLClassLoader kafka = kafka()) {
            // given
            Set<String> theirs = new TreeSet<>();
            keys(call(kafka, "kafka.server.KafkaConfig", "configDef"))
                    .keySet()
                    .forEach(name -> theirs.add(String.valueOf(name)));

            // when
            Set<String> known = new TreeSet<>(BrokerSettings.ALL.definitions().names());
            known.addAll(KafkaBrokerSettings.all());
            known.removeAll(OWN);

            // then
            assertThat(known).isEqualTo(theirs);
        }
    }

    private static void compare(
            Collection<ConfigKey> ours, Map<?, ?> theirs, Set<String> unknown, Set<String> different)
            throws ReflectiveOperationException {
        for (ConfigKey key : ours) {
            Object their = theirs.get(key.name);
            if (their == null) {
                unknown.add(key.name);
            } else if (!Objects.equals(describe(key), describe(their))) {
                different.add(key.name);
            }
        }
    }

    /** Type, default and importance, as text, since the two sides' classes differ. */
    private static Map<String, String> describe(Object key) throws ReflectiveOperationException {
        Map<String, String> description = new TreeMap<>();
        for (String field : new String[] {"type", "defaultValue", "importance"}) {
            description.put(field, String.valueOf(key.getClass().getField(field).get(key)));
        }
        return description;
    }

    private static Map<?, ?> keys(Object configDef) throws ReflectiveOperationException {
        return (Map<?, ?>) configDef.getClass().getMethod("configKeys").invoke(configDef);
    }

    private static Object call(ClassLoader kafka, String type, String method) throws ReflectiveOperationException {
        Object result = Class.forName(type, true, kafka).getMethod(method).invoke(null);
        assertThat(result).isNotNull();
        return Objects.requireNonNull(result);
    }

    private static URLClassLoader kafka() throws IOException {
        File folder = new File(System.getProperty("kafka.classes", "target/kafka"));
        File[] jars = Objects.requireNonNullElse(folder.listFiles((dir, name) -> name.endsWith(".jar")), new File[0]);
        assertThat(jars)
                .as("Kafka's jars in %s; `make kafka-tools` fetches them", folder)
                .isNotEmpty();
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars[i].toURI().toURL();
        }
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }
}
