package dev.weir.broker;

import dev.weir.controller.RandomSource;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.Uuid;

/** The system's randomness. */
final class SystemRandomSource implements RandomSource {
    @Override
    public Uuid newId() {
        return Uuid.randomUuid();
    }

    @Override
    public int below(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }
}
