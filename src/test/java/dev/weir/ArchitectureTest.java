package dev.weir;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Keeps the package rules of ARCHITECTURE.md: who may use whom, and where each outside library may appear. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.weir");

    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("config", Set.of()),
            Map.entry("protocol", Set.of()),
            Map.entry("bus", Set.of()),
            Map.entry("storage", Set.of("config", "protocol")),
            Map.entry("metadata", Set.of("protocol", "bus")),
            Map.entry("quorum", Set.of("protocol", "bus")),
            Map.entry("peer", Set.of("controller", "quorum", "metadata", "protocol", "bus", "config")),
            Map.entry("cluster", Set.of("config", "bus")),
            Map.entry("controller", Set.of("quorum", "metadata", "storage", "cluster", "protocol", "bus", "config")),
            Map.entry("partition", Set.of("storage", "metadata", "protocol", "bus", "config")),
            Map.entry("replica", Set.of("peer", "partition", "metadata", "protocol", "bus", "config")),
            Map.entry("coordinator", Set.of("partition", "bus")),
            Map.entry("group", Set.of("coordinator", "partition", "metadata", "protocol", "bus", "config")),
            Map.entry("transaction", Set.of("coordinator", "partition", "metadata", "protocol", "bus", "config")),
            Map.entry("security", Set.of("metadata", "protocol", "config")),
            Map.entry(
                    "network",
                    Set.of(
                            "controller",
                            "quorum",
                            "peer",
                            "partition",
                            "group",
                            "transaction",
                            "security",
                            "metadata",
                            "protocol",
                            "bus",
                            "config")),
            Map.entry(
                    "gateway",
                    Set.of(
                            "controller",
                            "partition",
                            "replica",
                            "group",
                            "transaction",
                            "security",
                            "metadata",
                            "protocol",
                            "bus",
                            "config")));

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("dev.weir.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldUseOnlyThePackagesThatTheArchitectureAllows() {
        MAY_USE.forEach((name, allowed) -> {
            String[] forbidden = CLASSES.stream()
                    .map(c -> featureOf(c.getPackageName()))
                    .filter(p -> !p.isEmpty() && !p.equals(name) && !allowed.contains(p))
                    .distinct()
                    .map(p -> "dev.weir." + p + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("dev.weir." + name + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(forbidden)
                    .allowEmptyShould(true)
                    .check(CLASSES);
        });
    }

    @Test
    void shouldListEveryPackage() {
        Assertions.assertThat(CLASSES.stream()
                        .map(c -> featureOf(c.getPackageName()))
                        .filter(p -> !p.isEmpty() && !p.equals("broker")))
                .allSatisfy(p -> Assertions.assertThat(MAY_USE).containsKey(p));
    }

    @Test
    void shouldHaveNoCyclesBetweenTheRoomsOfAFeature() {
        for (String feature : new String[] {"group", "partition", "storage"}) {
            slices().matching("dev.weir." + feature + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(CLASSES);
        }
    }

    @Test
    void shouldShowOtherFeaturesOnlyTheFaceOfGroupsAndPartitions() {
        keepInside("dev.weir.group", "record", "assignor", "core", "offset", "classic", "consumer");
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.weir.replica..", "dev.weir.group..", "dev.weir.network..", "dev.weir.gateway..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.weir.partition")
                .check(CLASSES);
    }

    @Test
    void shouldKeepTheGroundRoomsOfStorageFreeOfTheLog() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.weir.storage.file..", "dev.weir.storage.batch..", "dev.weir.storage.producer..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.weir.storage")
                .check(CLASSES);
    }

    private static void keepInside(String feature, String... rooms) {
        noClasses()
                .that()
                .resideOutsideOfPackage(feature + "..")
                .and()
                .resideOutsideOfPackage("dev.weir.broker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Stream.of(rooms)
                        .map(room -> feature + "." + room + "..")
                        .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void shouldUseKafkasGeneratedRecordsOnlyInTheRoomsOfRecords() {
        onlyIn("dev.weir.metadata.record..", "org.apache.kafka.common.metadata..");
        onlyIn("dev.weir.group.record..", "org.apache.kafka.coordinator.group.generated..");
    }

    private static void onlyIn(String room, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    /** The rest of the jars that the generated records come from is there at compile time, but not in our jar. */
    @Test
    void shouldUseOnlyTheClassesOfKafkaThatAreInTheJar() {
        noClasses()
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("org.apache.kafka..")
                        .and(JavaClass.Predicates.resideOutsideOfPackages(
                                "org.apache.kafka.clients..",
                                "org.apache.kafka.common..",
                                "org.apache.kafka.coordinator.group.generated.."))
                        .or(JavaClass.Predicates.simpleNameContaining("JsonConverter")))
                .check(CLASSES);
    }

    @Test
    void shouldUseHazelcastOnlyInCluster() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weir.cluster..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.hazelcast..")
                .check(CLASSES);
    }

    /** So that a broker that starts no membership loads nothing of Hazelcast. */
    @Test
    void shouldKnowHazelcastOnlyInClassesThatAreNamedForIt() {
        noClasses()
                .that()
                .resideInAPackage("dev.weir.cluster..")
                .and()
                .haveNameNotMatching("dev\\.weir\\.cluster\\.Hazelcast.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.hazelcast..")
                .check(CLASSES);
    }

    @Test
    void shouldKeepTimeThreadsAndVertxOutOfTheCoresOfTheCluster() {
        noClasses()
                .that()
                .haveNameMatching("dev\\.weir\\.cluster\\."
                        + "(MembershipCore|MembershipView|Nomination|FailureDetector|DetectionRules|Suspicion|Hearsay)")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx..")
                .check(CLASSES);
    }

    @Test
    void shouldCallTheEventBusOnlyInBus() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weir.bus..")
                .should()
                .callMethod(io.vertx.core.Vertx.class, "eventBus")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx.core.eventbus..")
                .check(CLASSES);
    }

    /** A subscriber of its own could miss what is committed before it subscribes. */
    @Test
    void shouldFollowTheMetadataThroughItsClientOnly() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.weir.metadata.ImageClient")
                .and()
                .doNotHaveFullyQualifiedName("dev.weir.metadata.MetadataUpdates")
                .and()
                .doNotHaveFullyQualifiedName("dev.weir.controller.ControllerVerticle")
                .should()
                .accessField("dev.weir.metadata.MetadataUpdates", "CHANGES")
                .check(CLASSES);
    }

    @Test
    void shouldKeepVertxOutOfPureCores() {
        ArchRuleDefinition.classes()
                .that()
                .resideInAnyPackage(
                        "dev.weir.config..",
                        "dev.weir.protocol..",
                        "dev.weir.storage..",
                        "dev.weir.metadata..",
                        "dev.weir.quorum..",
                        "dev.weir.controller..",
                        "dev.weir.partition..",
                        "dev.weir.replica..",
                        "dev.weir.coordinator..",
                        "dev.weir.group..",
                        "dev.weir.transaction..")
                .should(new OnlyEdgesImportVertx())
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void shouldInjectTimeAndRandomnessIntoPureCores() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.weir.quorum..",
                        "dev.weir.controller..",
                        "dev.weir.partition..",
                        "dev.weir.replica..",
                        "dev.weir.coordinator..",
                        "dev.weir.group..",
                        "dev.weir.transaction..")
                .and()
                .haveSimpleNameNotEndingWith("Verticle")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callConstructor(java.util.Random.class)
                .orShould()
                .callMethod(java.util.concurrent.ThreadLocalRandom.class, "current")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private static String featureOf(String packageName) {
        String prefix = "dev.weir.";
        if (!packageName.startsWith(prefix)) {
            return "";
        }
        String rest = packageName.substring(prefix.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    /** Only verticles, typed clients, routes and adapters named as such may import {@code io.vertx}. */
    private static final class OnlyEdgesImportVertx extends ArchCondition<JavaClass> {
        private static final Set<String> EDGES = Set.of("Verticle", "Client", "Route", "Adapter");

        OnlyEdgesImportVertx() {
            super("import io.vertx only at the edge");
        }

        @Override
        public void check(JavaClass item, ConditionEvents events) {
            String name = outermost(item).getSimpleName();
            boolean edge = EDGES.stream().anyMatch(name::endsWith);
            boolean uses = item.getDirectDependenciesFromSelf().stream()
                    .anyMatch(d -> d.getTargetClass().getPackageName().startsWith("io.vertx"));
            if (uses && !edge && !item.getModifiers().contains(JavaModifier.SYNTHETIC)) {
                events.add(SimpleConditionEvent.violated(item, item.getName() + " imports io.vertx"));
            }
        }

        private static JavaClass outermost(JavaClass item) {
            JavaClass at = item;
            while (at.getEnclosingClass().isPresent()) {
                at = at.getEnclosingClass().get();
            }
            return at;
        }
    }
}
