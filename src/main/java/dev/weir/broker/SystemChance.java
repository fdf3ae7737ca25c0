package dev.weir.broker;

import dev.weir.controller.Chance;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.Uuid;

/** The system's randomness. */
final class SystemChance implements Chance {
    @Override
    public Uuid newId() {
        return Uuid.randomUuid();
    }

    @Override
    public int below(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }
}
