package dev.weir.partition.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionKeyTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 13})
    void shouldSpreadThePartitionsOfATopicEvenly(int shards) {
        Uuid topic = Uuid.randomUuid();
        int[] counts = new int[shards];

        for (int partition = 0; partition < shards * 10; partition++) {
            counts[new PartitionKey(topic, partition).shard(shards)]++;
        }

        assertThat(counts).containsOnly(10);
    }

    @Test
    void shouldSpreadTopicsOfOnePartition() {
        Random random = new Random(1);
        int[] counts = new int[8];

        for (int topic = 0; topic < 8_000; topic++) {
            counts[new PartitionKey(new Uuid(random.nextLong(), random.nextLong()), 0).shard(8)]++;
        }

        assertThat(IntStream.of(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    }

    @Test
    void shouldSpreadTopicsWhoseIdsDifferInTheLowestBitsOnly() {
        int[] counts = new int[4];

        for (int topic = 0; topic < 4_000; topic++) {
            counts[new PartitionKey(new Uuid(0, topic), 0).shard(4)]++;
        }

        assertThat(IntStream.of(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(800, 1200));
    }
}
