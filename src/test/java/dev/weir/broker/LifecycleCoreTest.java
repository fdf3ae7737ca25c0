package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.broker.LifecycleCore.Send;
import dev.weir.broker.LifecycleCore.Stage;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class LifecycleCoreTest {
    private static final long HEARTBEAT_MS = 2000;
    private static final long REGISTRATION_MS = 60_000;
    private static final long STOP_MS = 10_000;

    private final LifecycleCore core = new LifecycleCore(3, HEARTBEAT_MS, REGISTRATION_MS, STOP_MS, 0);
    private long now;

    @Test
    void shouldOpenItsPartitionsOnlyWhenItsMetadataHasReachedItsRegistration() {
        // given
        assertThat(core.next(now)).isEqualTo(Send.REGISTRATION);
        core.applied(99);
        core.registered(epoch(100), now);

        // when, then
        assertThat(core.stage()).isEqualTo(Stage.CATCHING_UP);
        core.applied(100);
        assertThat(core.stage()).isEqualTo(Stage.OPENING);
        assertThat(beat().wantFence()).isTrue();
    }

    @Test
    void shouldRunOnceItIsReadyAndUnfenced() {
        // given
        opening();

        // when
        core.ready(now);

        // then
        BrokerHeartbeatRequestData beat = beat();
        assertThat(beat.wantFence()).isFalse();
        assertThat(beat.currentMetadataOffset()).isEqualTo(100);
        core.answered(fenced(true), now);
        assertThat(core.stage()).isEqualTo(Stage.UNFENCING);
        beat();
        core.answered(fenced(false), now);
        assertThat(core.stage()).isEqualTo(Stage.RUNNING);
    }

    @Test
    void shouldRunAtOnceWhenItServedBeforeOthersCame() {
        // given
        core.ready(now);
        core.applied(100);

        // when
        core.next(now);
        core.registered(epoch(50), now);

        // then
        assertThat(beat().wantFence()).isFalse();
        core.answered(fenced(false), now);
        assertThat(core.stage()).isEqualTo(Stage.RUNNING);
    }

    @Test
    void shouldSendOneRequestAtATimeAndThenWaitForTheInterval() {
        // given
        running();

        // when
        beat();

        // then
        assertThat(core.next(now + 10 * HEARTBEAT_MS)).isEqualTo(Send.NOTHING);
        core.answered(fenced(false), now);
        assertThat(core.next(now + HEARTBEAT_MS - 1)).isEqualTo(Send.NOTHING);
        assertThat(core.next(now + HEARTBEAT_MS)).isEqualTo(Send.HEARTBEAT);
    }

    @Test
    void shouldWaitForTheFormerIncarnationOfItsIdToEnd() {
        // given, when
        while (now < REGISTRATION_MS) {
            assertThat(untilNext()).isEqualTo(Send.REGISTRATION);
            core.registered(refused(Errors.DUPLICATE_BROKER_REGISTRATION), now);
        }

        // then
        assertThat(core.stage()).isEqualTo(Stage.STOPPED);
        assertThat(core.refusal().orElseThrow()).contains("another broker with node.id 3");
    }

    @Test
    void shouldGiveUpWhenAnotherBrokerHasTakenItsPlace() {
        // given
        running();

        // when
        beat();
        core.answered(new BrokerHeartbeatResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code()), now);
        assertThat(untilNext()).isEqualTo(Send.REGISTRATION);
        core.registered(refused(Errors.DUPLICATE_BROKER_REGISTRATION), now);

        // then
        assertThat(core.stage()).isEqualTo(Stage.STOPPED);
        assertThat(core.refusal().orElseThrow()).contains("has taken the place");
    }

    @Test
    void shouldRegisterAgainWhenTheControllerKnowsItNoMore() {
        // given
        running();

        // when
        beat();
        core.answered(new BrokerHeartbeatResponseData().setErrorCode(Errors.BROKER_ID_NOT_REGISTERED.code()), now);
        assertThat(untilNext()).isEqualTo(Send.REGISTRATION);
        core.registered(epoch(200), now);

        // then
        assertThat(core.stage()).isEqualTo(Stage.RUNNING);
        assertThat(beat().brokerEpoch()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"INCONSISTENT_CLUSTER_ID", "UNSUPPORTED_VERSION", "INVALID_REGISTRATION"})
    void shouldSayWhyItIsRefused(Errors error) {
        // given, when
        core.next(now);
        core.registered(refused(error), now);

        // then
        assertThat(core.stage()).isEqualTo(Stage.STOPPED);
        assertThat(core.refusal()).isPresent();
    }

    @Test
    void shouldAskAgainWhileThereIsNoController() {
        // given
        core.next(now);

        // when
        core.failed(now);

        // then
        assertThat(untilNext()).isEqualTo(Send.REGISTRATION);
        core.registered(refused(Errors.NOT_CONTROLLER), now);
        assertThat(untilNext()).isEqualTo(Send.REGISTRATION);
        assertThat(core.refusal()).isEmpty();
    }

    @Test
    void shouldStopWhenItIsLetGo() {
        // given
        running();

        // when
        core.stop(now);

        // then
        assertThat(beat().wantShutDown()).isTrue();
        core.answered(fenced(false), now);
        assertThat(core.stage()).isEqualTo(Stage.STOPPING);
        untilNext();
        core.answered(fenced(true).setShouldShutDown(true), now);
        assertThat(core.stage()).isEqualTo(Stage.STOPPED);
        assertThat(core.refusal()).isEmpty();
    }

    @Test
    void shouldStopWithoutAController() {
        // given
        running();
        core.stop(now);

        // when
        long end = now + STOP_MS / 2;
        while (now < end) {
            if (untilNext() == Send.HEARTBEAT) {
                core.failed(now);
            }
        }

        // then
        assertThat(core.next(now)).isEqualTo(Send.NOTHING);
        assertThat(core.stage()).isEqualTo(Stage.STOPPED);
    }

    @Test
    void shouldStopWhenOthersTakeTooLongToTakeOver() {
        // given
        running();
        core.stop(now);

        // when
        long end = now + STOP_MS;
        while (now < end) {
            assertThat(core.stage()).isEqualTo(Stage.STOPPING);
            if (untilNext() == Send.HEARTBEAT) {
                core.answered(fenced(false), now);
            }
        }
        core.next(now);

        // then
        assertThat(core.stage()).isEqualTo(Stage.STOPPED);
    }

    @Test
    void shouldStopAtOnceBeforeItServes() {
        // given
        opening();

        // when
        core.stop(now);

        // then
        assertThat(core.stage()).isEqualTo(Stage.STOPPED);
    }

    private void opening() {
        core.next(now);
        core.registered(epoch(100), now);
        core.applied(100);
        beat();
        core.answered(fenced(true), now);
    }

    private void running() {
        opening();
        core.ready(now);
        beat();
        core.answered(fenced(false), now);
        assertThat(core.stage()).isEqualTo(Stage.RUNNING);
    }

    private BrokerHeartbeatRequestData beat() {
        assertThat(untilNext()).isEqualTo(Send.HEARTBEAT);
        return core.heartbeat();
    }

    /** Lets time pass until something is to be sent, a second at most beyond a heartbeat. */
    private Send untilNext() {
        long end = now + HEARTBEAT_MS + 1000;
        while (now < end) {
            Send send = core.next(now);
            if (send != Send.NOTHING) {
                return send;
            }
            now += 10;
        }
        return Send.NOTHING;
    }

    private static BrokerRegistrationResponseData epoch(long epoch) {
        return new BrokerRegistrationResponseData().setBrokerEpoch(epoch);
    }

    private static BrokerRegistrationResponseData refused(Errors error) {
        return new BrokerRegistrationResponseData().setErrorCode(error.code());
    }

    private static BrokerHeartbeatResponseData fenced(boolean fenced) {
        return new BrokerHeartbeatResponseData().setIsFenced(fenced);
    }
}
