package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.BrokerRegistrationResponse;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feature levels of three brokers, mostly with Kafka's own {@code kafka-features}. */
class FeaturesIT {
    private static final int ANOTHER = 9;

    private static Cluster cluster;

    @BeforeAll
    static void start(@TempDir Path home) {
        cluster = Cluster.start(home, 3);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Whatever a test leaves behind. */
    @AfterEach
    void raiseAll() throws Exception {
        try (Admin admin = cluster.admin()) {
            admin.unregisterBroker(ANOTHER).all().get();
        } catch (ExecutionException e) {
            assertThat(e.getCause()).hasMessageContaining("broker ID");
        }
        features("upgrade", "--feature", "metadata.version=29", "--feature", "group.version=1");
    }

    @Test
    void shouldDescribeEveryFeatureThatIsBuilt() {
        String described = succeed("describe");

        assertThat(described.lines().map(line -> line.replaceAll("\\s+Epoch.*", "")
                        .replaceAll("\\s+", " ")))
                .containsExactly(
                        "Feature: eligible.leader.replicas.version SupportedMinVersion: 0 SupportedMaxVersion: 1"
                                + " FinalizedVersionLevel: 1",
                        "Feature: group.version SupportedMinVersion: 0 SupportedMaxVersion: 1 FinalizedVersionLevel: 1",
                        "Feature: kraft.version SupportedMinVersion: 0 SupportedMaxVersion: 1 FinalizedVersionLevel: 1",
                        "Feature: metadata.version SupportedMinVersion: 3.7-IV2 SupportedMaxVersion: 4.2-IV1"
                                + " FinalizedVersionLevel: 4.2-IV1");
    }

    @Test
    void shouldLowerAndRaiseLevelsOnEveryBroker() throws Exception {
        // when
        String lowered = succeed("downgrade", "--feature", "metadata.version=27");
        List<Short> then = levels("metadata.version", (short) 27);
        String raised = succeed("upgrade", "--metadata", "4.2-IV1");

        // then
        assertThat(lowered).contains("metadata.version was downgraded to 27.");
        assertThat(then).containsExactly((short) 27, (short) 27, (short) 27);
        assertThat(raised).contains("metadata.version was upgraded to 29.");
        assertThat(levels("metadata.version", (short) 29)).containsOnly((short) 29);
    }

    @Test
    void shouldChangeNothingInADryRun() throws Exception {
        String lowered = succeed("downgrade", "--feature", "metadata.version=27", "--dry-run");

        assertThat(lowered).contains("metadata.version can be downgraded to 27.");
        assertThat(levels("metadata.version", (short) 29)).containsOnly((short) 29);
    }

    @Test
    void shouldRefuseWhatNoBrokerSupportsAndWhatWouldLoseMetadata() {
        assertThat(fail("upgrade", "--feature", "metadata.version=30")).contains("only supports versions 17 to 29");
        assertThat(fail("upgrade", "--feature", "share.version=1")).contains("does not support this feature");
        assertThat(fail("upgrade", "--release-version", "4.2-IV1"))
                .as("a release has features that are not built here")
                .contains("The update failed for all features", "does not support this feature");
        assertThat(fail("downgrade", "--feature", "metadata.version=22")).contains("might delete metadata information");
        assertThat(fail("downgrade", "--unsafe", "--feature", "metadata.version=22"))
                .contains("Unsafe metadata downgrade is not supported");
        assertThat(fail("downgrade", "--feature", "kraft.version=0"))
                .contains("Can't downgrade the version of this feature");
    }

    @Test
    void shouldSwitchTheTrackingOfEligibleLeaderReplicas() throws Exception {
        succeed("disable", "--feature", "eligible.leader.replicas.version");
        levels("eligible.leader.replicas.version", (short) 0);
        succeed("upgrade", "--feature", "eligible.leader.replicas.version=1");
        levels("eligible.leader.replicas.version", (short) 1);
    }

    @Test
    void shouldRefuseTheConsumerProtocolBelowItsLevel() throws Exception {
        // given
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic("gated", 1, (short) 1)))
                    .all()
                    .get();
        }

        // when
        succeed("disable", "--feature", "group.version");
        levels("group.version", (short) 0);

        // then
        assertThat(joinError()).isInstanceOf(UnsupportedVersionException.class);

        // and when
        succeed("upgrade", "--feature", "group.version=1");
        levels("group.version", (short) 1);

        // then
        try (KafkaConsumer<String, String> consumer = consumer()) {
            consumer.subscribe(List.of("gated"));
            Await.until(() -> {
                consumer.poll(Duration.ofMillis(100));
                return consumer.assignment().size() == 1;
            });
        }
    }

    private static Exception joinError() {
        try (KafkaConsumer<String, String> consumer = consumer()) {
            consumer.subscribe(List.of("gated"));
            List<Exception> errors = new ArrayList<>();
            Await.until(() -> {
                try {
                    consumer.poll(Duration.ofMillis(100));
                } catch (UnsupportedVersionException e) {
                    errors.add(e);
                }
                return !errors.isEmpty();
            });
            return errors.get(0);
        }
    }

    private static KafkaConsumer<String, String> consumer() {
        return Clients.consumer(
                cluster.bootstrap(), "group.id=gated", "group.protocol=consumer", "auto.offset.reset=earliest");
    }

    @Test
    void shouldNameTheRegisteredBrokerThatCannotRunAtALevel() throws Exception {
        // given
        succeed("downgrade", "--feature", "metadata.version=27");
        levels("metadata.version", (short) 27);

        // when
        Errors tooOld = register(17, 26);
        Errors fitting = register(17, 27);

        // then
        assertThat(tooOld).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(fitting).isEqualTo(Errors.NONE);
        assertThat(fail("upgrade", "--feature", "metadata.version=29"))
                .contains("Broker " + ANOTHER + " only supports versions 17 to 27");
    }

    @Test
    void shouldKeepTheLevelsWhenAllBrokersStartAgain() throws Exception {
        // given
        succeed("downgrade", "--feature", "metadata.version=25");
        levels("metadata.version", (short) 25);

        // when
        cluster.ids().forEach(id -> assertThat(cluster.broker(id).terminate()).isZero());
        cluster.ids().forEach(id -> cluster.broker(id).relaunch());
        cluster.ids().forEach(id -> cluster.broker(id).awaitReady());

        // then
        assertThat(levels("metadata.version", (short) 25)).containsOnly((short) 25);
        assertThat(levels("kraft.version", (short) 1)).containsOnly((short) 1);
    }

    @Test
    void shouldServeOlderVersionsOfTheRequestOnEveryBroker() {
        for (int id : cluster.ids()) {
            for (short version = 0; version <= 2; version++) {
                UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
                request.featureUpdates()
                        .add(new FeatureUpdateKey().setFeature("group.version").setMaxVersionLevel((short) 1));
                try (RawClient client = new RawClient(cluster.broker(id).kafkaPort())) {
                    UpdateFeaturesResponse response =
                            (UpdateFeaturesResponse) client.call(ApiKeys.UPDATE_FEATURES, version, request);
                    assertThat(response.topLevelError().error()).isEqualTo(Errors.NONE);
                    assertThat(response.data().results()).hasSize(version < 2 ? 1 : 0);
                }
            }
        }
    }

    @Test
    void shouldAgreeWithTheTablesOfTheTool() {
        assertThat(succeed("version-mapping", "--release-version", "4.2-IV1"))
                .contains("metadata.version=29 (4.2-IV1)", "kraft.version=1", "group.version=1");
        assertThat(succeed("feature-dependencies", "--feature", "group.version=1"))
                .contains("group.version=1 has no dependencies.");
    }

    /** A broker of another version, as the controller sees it. */
    private static Errors register(int min, int max) throws Exception {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(ANOTHER)
                .setIncarnationId(Uuid.randomUuid())
                .setLogDirs(List.of(Uuid.randomUuid()));
        request.listeners()
                .add(new BrokerRegistrationRequestData.Listener()
                        .setName("PLAINTEXT")
                        .setHost("localhost")
                        .setPort(1));
        range(request, "metadata.version", min, max);
        range(request, "kraft.version", 0, 1);
        range(request, "group.version", 0, 1);
        range(request, "eligible.leader.replicas.version", 0, 1);
        int controller;
        try (Admin admin = cluster.admin()) {
            request.setClusterId(admin.describeCluster().clusterId().get());
            controller = admin.describeMetadataQuorum().quorumInfo().get().leaderId();
        }
        try (RawClient client = new RawClient(cluster.broker(controller).kafkaPort())) {
            return Errors.forCode(
                    ((BrokerRegistrationResponse) client.call(ApiKeys.BROKER_REGISTRATION, (short) 4, request))
                            .data()
                            .errorCode());
        }
    }

    private static void range(BrokerRegistrationRequestData request, String name, int min, int max) {
        request.features()
                .add(new BrokerRegistrationRequestData.Feature()
                        .setName(name)
                        .setMinSupportedVersion((short) min)
                        .setMaxSupportedVersion((short) max));
    }

    /** Waits until every broker shows the level. Returns what each shows; 0 where it shows none. */
    private static List<Short> levels(String feature, short expected) throws Exception {
        List<Short> seen = new ArrayList<>();
        for (int id : cluster.ids()) {
            try (Admin admin = cluster.admin(id)) {
                Await.until(() -> level(admin, feature) == expected);
                seen.add(level(admin, feature));
            }
        }
        return seen;
    }

    private static short level(Admin admin, String feature) throws Exception {
        FinalizedVersionRange range = admin.describeFeatures()
                .featureMetadata()
                .get()
                .finalizedFeatures()
                .get(feature);
        return range == null ? 0 : range.maxVersionLevel();
    }

    private static String succeed(String... command) {
        KafkaTool.Result result = features(command);
        assertThat(result.status()).as(result.all()).isZero();
        return result.out();
    }

    private static String fail(String... command) {
        KafkaTool.Result result = features(command);
        assertThat(result.status()).as(result.all()).isNotZero();
        return result.all();
    }

    private static KafkaTool.Result features(String... command) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", cluster.bootstrap()));
        all.addAll(List.of(command));
        return KafkaTool.run("FeatureCommand", all.toArray(String[]::new));
    }
}
