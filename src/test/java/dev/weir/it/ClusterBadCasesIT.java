package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** Mistakes of operators and broken machines, with three brokers that share one metadata log. */
class ClusterBadCasesIT extends ClusterFixture {
    @Test
    void shouldElectAnotherControllerIfTheFirstOneStandsStillAndLetItFollowAfterwards() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        int first = controller();
        int other = first == 1 ? 2 : 1;

        // when
        cluster.signal("STOP", first);

        // then
        Await.until(() -> knowsAnother(other, first));
        Await.until(() -> isCreated(other, "meanwhile"));

        // and when
        cluster.signal("CONT", first);

        // then
        Await.until(() -> isCreated(first, "afterwards"));
        cluster.awaitBrokers(first, 3);
    }

    @Test
    void shouldDecideNothingIfTheOthersStandStill() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        int controller = controller();
        List<Integer> others =
                cluster.ids().stream().filter(id -> id != controller).toList();

        // when
        for (int id : others) {
            cluster.signal("STOP", id);
        }

        // then
        try (Admin admin = cluster.admin(controller)) {
            assertThatThrownBy(() -> create(admin, "alone")).isInstanceOf(ExecutionException.class);
        }

        // and when
        for (int id : others) {
            cluster.signal("CONT", id);
        }

        // then
        Await.until(() -> isCreated(controller, "together"));
        cluster.awaitBrokers(controller, 3);
    }

    /** What it waits for will not come. */
    @Test
    void shouldEndIfItsMetadataIsLostWhileItWaitsForTheOthers() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        for (int id : cluster.ids()) {
            cluster.broker(id).kill();
        }
        BrokerProcess broker = cluster.broker(1);
        broker.relaunch();
        Await.until(() -> broker.latestLog().matches("(?s).*(No controller is known yet|Waiting to be registered).*"));

        // when
        Files.move(broker.data().resolve("__cluster_metadata-0"), home.resolve("gone"));
        cluster.broker(2).relaunch();

        // then
        assertThat(broker.awaitEnd()).isEqualTo(1);
        assertThat(broker.latestLog()).contains("weir: this broker must stop: its copy of the metadata cannot go on");
    }
}
