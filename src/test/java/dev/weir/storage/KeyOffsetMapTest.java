package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.RecordsFixture;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyOffsetMapTest {
    private static ByteBuffer key(int n) {
        return ByteBuffer.wrap(RecordsFixture.bytes("key-" + n));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void shouldKnowTheNewestOffsetOfEachKey(long seed) {
        // Given
        Random random = new Random(seed);
        KeyOffsetMap map = KeyOffsetMap.ofBytes(1 << 20, 3000, 0.9);
        Map<Integer, Long> model = new HashMap<>();

        // When
        for (long offset = 0; offset < 10_000; offset++) {
            int n = random.nextInt(3000);
            assertThat(map.put(key(n), offset)).isTrue();
            model.put(n, offset);
        }

        // Then
        assertThat(map.size()).isEqualTo(model.size());
        for (int n = 0; n < 3000; n++) {
            assertThat(map.get(key(n))).isEqualTo(model.getOrDefault(n, -1L));
        }
    }

    @Test
    void shouldRefuseNewKeysWhenFullAndStillMoveKnownOnes() {
        // Given
        KeyOffsetMap map = KeyOffsetMap.ofBytes(100 * KeyOffsetMap.SLOT_BYTES, Long.MAX_VALUE, 0.9);
        int n = 0;
        while (map.put(key(n), n)) {
            n++;
        }

        // Then
        assertThat(n).isEqualTo(90).isEqualTo(map.capacity());
        assertThat(map.get(key(n))).isEqualTo(-1);
        assertThat(map.put(key(5), 1000)).isTrue();
        assertThat(map.get(key(5))).isEqualTo(1000);
        assertThat(map.get(key(6))).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"2400, 1000000, 90", "2400, 10, 11", "0, 10, 1", "134217728, 1, 2"})
    void shouldTakeNoMoreMemoryThanAllowedOrNeeded(long bytes, long expectedKeys, int capacity) {
        assertThat(KeyOffsetMap.ofBytes(bytes, expectedKeys, 0.9).capacity()).isEqualTo(capacity);
    }

    @Test
    void shouldLeaveTheKeyAsItWas() {
        ByteBuffer key = ByteBuffer.wrap(new byte[10], 3, 4);
        KeyOffsetMap map = KeyOffsetMap.ofBytes(1000, 10, 0.9);

        map.put(key, 0);

        assertThat(key.position()).isEqualTo(3);
        assertThat(map.get(ByteBuffer.allocate(4))).isZero();
        map.clear();
        assertThat(map.get(key)).isEqualTo(-1);
    }
}
