package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.BrokerDied.Evidence;
import dev.weir.cluster.DetectorEffect.Probe;
import dev.weir.cluster.DetectorEffect.Report;
import dev.weir.cluster.DetectorEffect.StoodStill;
import dev.weir.cluster.DetectorEvent.ConnectionClosed;
import dev.weir.cluster.DetectorEvent.MemberLost;
import dev.weir.cluster.DetectorEvent.MemberSeen;
import dev.weir.cluster.DetectorEvent.Probed;
import dev.weir.cluster.DetectorEvent.SessionEnded;
import dev.weir.cluster.DetectorEvent.Tick;
import dev.weir.cluster.DetectorEvent.Watch;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {
    private static final Life TWO = new Life(2, new Uuid(1, 1));
    private static final Endpoint ADDRESS = new Endpoint("two", 9092);

    private final DetectionSettings settings = DetectionSettings.DEFAULT;
    private final FailureDetector detector = new FailureDetector(1, settings, new DetectionRules(settings), 0);
    private long now;

    @Test
    void shouldReportABrokerWhoseConnectionClosedAndWhoseAddressRefuses() {
        watch();

        assertThat(take(new ConnectionClosed(TWO))).containsExactly(new Probe(0, ADDRESS));
        assertThat(take(new Probed(0, ProbeOutcome.REFUSED)))
                .containsExactly(died(Evidence.CONNECTION_CLOSED_AND_REFUSED));
        assertThat(take(new ConnectionClosed(TWO))).isEmpty();
    }

    @Test
    void shouldLeaveABrokerThatAcceptsToItsHeartbeats() {
        watch();
        take(new MemberLost(TWO));

        assertThat(take(new Probed(0, ProbeOutcome.ACCEPTED))).isEmpty();
        assertThat(quiet(2_000)).isEmpty();
    }

    @Test
    void shouldReportALostMemberOnlyAfterSeveralProbesInARowHaveFailed() {
        watch();
        take(new MemberLost(TWO));

        for (int id = 0; id < settings.failedProbes() - 1; id++) {
            assertThat(take(new Probed(id, ProbeOutcome.FAILED))).isEmpty();
            assertThat(quiet(settings.retryMs())).containsExactly(new Probe(id + 1, ADDRESS));
        }
        assertThat(take(new Probed(settings.failedProbes() - 1, ProbeOutcome.FAILED)))
                .containsExactly(died(Evidence.MEMBER_LOST_AND_UNREACHABLE));
    }

    @Test
    void shouldNotReportASilentBrokerThatIsAMember() {
        watch();
        take(new MemberLost(TWO));
        take(new MemberSeen(TWO));

        for (int id = 0; id < 10; id++) {
            assertThat(take(new Probed(id, ProbeOutcome.FAILED))).isEmpty();
            assertThat(quiet(settings.retryMs())).containsExactly(new Probe(id + 1, ADDRESS));
        }
    }

    @Test
    void shouldProbeAgainIfTheConnectionClosesWhileAProbeIsUnderWay() {
        watch();
        take(new ConnectionClosed(TWO));
        take(new ConnectionClosed(TWO));

        assertThat(take(new Probed(0, ProbeOutcome.ACCEPTED))).containsExactly(new Probe(1, ADDRESS));
    }

    @Test
    void shouldNotPutOffAReportForFurtherConnectionsThatClose() {
        watch();
        take(new MemberLost(TWO));
        for (int id = 0; id < settings.failedProbes() - 1; id++) {
            take(new Probed(id, ProbeOutcome.FAILED));
            take(new ConnectionClosed(TWO));
        }

        assertThat(take(new Probed(settings.failedProbes() - 1, ProbeOutcome.FAILED)))
                .containsExactly(died(Evidence.MEMBER_LOST_AND_UNREACHABLE));
    }

    @Test
    void shouldProbeAgainWhatItWasAboutToBelieveWhenThisProcessHasStoodStill() {
        watch();
        take(new MemberLost(TWO));
        for (int id = 0; id < settings.failedProbes() - 1; id++) {
            take(new Probed(id, ProbeOutcome.FAILED));
            quiet(settings.retryMs());
        }

        now += 5_000;

        assertThat(take(new Probed(settings.failedProbes() - 1, ProbeOutcome.FAILED)))
                .containsExactly(new StoodStill(5_000), new Probe(settings.failedProbes(), ADDRESS));
        assertThat(take(new Probed(settings.failedProbes(), ProbeOutcome.REFUSED)))
                .containsExactly(died(Evidence.MEMBER_LOST_AND_REFUSED));
    }

    /** The membership may think otherwise by now; a broker that it does not lose again is left to its session. */
    @Test
    void shouldNotBelieveAWordFromBeforeThisProcessHasStoodStill() {
        watch();
        take(new MemberLost(TWO));
        now += settings.tickMs() + settings.pauseLimitMs() + 1;
        assertThat(take(new Tick())).hasSize(2);

        for (int id = 1; id <= settings.failedProbes() + 1; id++) {
            assertThat(take(new Probed(id, ProbeOutcome.FAILED))).isEmpty();
            quiet(settings.retryMs());
        }
    }

    @Test
    void shouldProbeAtOnceWhatWasLostBeforeThisBrokerBecameTheController() {
        take(new MemberLost(TWO));

        assertThat(take(new Watch(List.of(new WatchedBroker(TWO, ADDRESS))))).containsExactly(new Probe(0, ADDRESS));
    }

    @Test
    void shouldNotTakeNewsOfTheLastLifeForNewsOfThisOne() {
        watch();

        assertThat(take(new ConnectionClosed(new Life(2, new Uuid(1, 9))))).isEmpty();
        assertThat(take(new MemberLost(new Life(2, new Uuid(1, 9))))).isEmpty();
    }

    @Test
    void shouldForgetASuspectWhoseSessionHasEnded() {
        watch();
        take(new ConnectionClosed(TWO));

        assertThat(take(new SessionEnded(TWO))).isEmpty();
        assertThat(take(new Probed(0, ProbeOutcome.REFUSED))).isEmpty();
    }

    @Test
    void shouldNeverWatchItself() {
        Life self = new Life(1, new Uuid(1, 1));
        take(new Watch(List.of(new WatchedBroker(self, ADDRESS))));

        assertThat(take(new ConnectionClosed(self))).isEmpty();
    }

    private void watch() {
        assertThat(take(new Watch(List.of(new WatchedBroker(TWO, ADDRESS))))).isEmpty();
    }

    private List<DetectorEffect> take(DetectorEvent event) {
        return detector.on(now, event);
    }

    /** Lets time pass; the effects of all its ticks. */
    private List<DetectorEffect> quiet(long ms) {
        List<DetectorEffect> effects = new java.util.ArrayList<>();
        for (long passed = 0; passed < ms; passed += settings.tickMs()) {
            now += settings.tickMs();
            effects.addAll(take(new Tick()));
        }
        return effects;
    }

    private static Report died(Evidence evidence) {
        return new Report(new BrokerDied(TWO, evidence));
    }
}
