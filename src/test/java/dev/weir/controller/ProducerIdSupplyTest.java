package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProducerIdSupplyTest {
    private final ProducerIdSupply supply = new ProducerIdSupply();

    @Test
    void shouldHaveNoneBeforeTheFirstBlockAndAskForItOnce() {
        assertThat(supply.take()).isEmpty();
        assertThat(supply.asks(0)).isTrue();
        assertThat(supply.asks(0)).isFalse();
        assertThat(supply.isUnderWay()).isTrue();
    }

    @Test
    void shouldAskForTheNextBlockWhenNineTenthsAreUsedUp() {
        supply.asks(0);
        supply.answered(block(1000, 10), 0);

        List<Boolean> asked = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            supply.take();
            asked.add(supply.asks(0));
        }

        assertThat(asked).containsExactly(false, false, false, false, false, false, false, false, true);
        assertThat(supply.take()).hasValue(1009);
        assertThat(supply.take()).isEmpty();
    }

    @Test
    void shouldUseTheFirstBlockUpBeforeTheNext() {
        supply.asks(0);
        supply.answered(block(1000, 2), 0);
        supply.take();
        assertThat(supply.asks(0)).isTrue();
        supply.answered(block(5000, 2), 0);

        assertThat(LongStream.range(0, 3).map(i -> supply.take().orElseThrow()).boxed())
                .containsExactly(1001L, 5000L, 5001L);
    }

    @Test
    void shouldWaitAMomentAfterARefusal() {
        supply.asks(0);
        assertThat(supply.answered(
                        new AllocateProducerIdsResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code()), 10))
                .isFalse();

        assertThat(supply.isUnderWay()).isFalse();
        assertThat(supply.asks(59)).isFalse();
        assertThat(supply.asks(60)).isTrue();
    }

    static List<AllocateProducerIdsResponseData> wrongBlocks() {
        return List.of(block(1001, 10), block(0, 10), block(-5, 10), block(2000, 0), block(Long.MAX_VALUE - 3, 10));
    }

    @ParameterizedTest
    @MethodSource("wrongBlocks")
    void shouldTakeNoBlockThatItMayHaveHadOrThatIsNone(AllocateProducerIdsResponseData wrong) {
        supply.asks(0);
        supply.answered(block(1000, 2), 0);
        supply.take();
        supply.asks(0);

        assertThat(supply.answered(wrong, 0)).isFalse();
        assertThat(supply.take()).hasValue(1001);
        assertThat(supply.take()).isEmpty();
    }

    /** Three brokers that crash, and answers of the controller that are lost or doubled. */
    @ParameterizedTest
    @MethodSource("seeds")
    void shouldNeverGiveAnIdTwice(long seed) {
        Random random = new Random(seed);
        ClusterImage image = TestCluster.ofBrokers(3);
        ProducerIdSupply[] brokers = {new ProducerIdSupply(), new ProducerIdSupply(), new ProducerIdSupply()};
        Set<Long> given = new HashSet<>();
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            int at = random.nextInt(3);
            OptionalLong id = brokers[at].take();
            taken += id.isPresent() ? 1 : 0;
            id.ifPresent(given::add);
            if (brokers[at].asks(i)) {
                ControllerResult<AllocateProducerIdsResponseData> result = ProducerIdBlocks.allocate(
                        image,
                        new AllocateProducerIdsRequestData().setBrokerId(at + 1).setBrokerEpoch((at + 1) * 10L));
                image = TestCluster.apply(image, result.records());
                if (random.nextInt(5) == 0) {
                    brokers[at].failed(i);
                } else {
                    brokers[at].answered(result.response(), i);
                }
            }
            if (random.nextInt(2_000) == 0) {
                brokers[at] = new ProducerIdSupply();
            }
        }
        assertThat(given).hasSize(taken).hasSizeGreaterThan(10_000);
    }

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    private static AllocateProducerIdsResponseData block(long start, int length) {
        return new AllocateProducerIdsResponseData().setProducerIdStart(start).setProducerIdLen(length);
    }
}
