package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.partition.client.LogMessages.AlterLogDir;
import dev.weir.partition.client.LogMessages.DescribeLogs;
import dev.weir.partition.client.LogMessages.LogDescription;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.directory.DirectoryHealth;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The requests to move a log, to describe the move and to end it, and what the metadata is told. */
class LogMoveRequestTest extends LogMoveFixture {
    @Test
    void shouldDescribeTheCopyWithItsLag() {
        append(0, 5);
        move("/other");

        List<LogDescription> logs = shard.logs.describe(new DescribeLogs(List.of()));

        assertThat(logs).extracting(LogDescription::future).containsExactly(false, true);
        assertThat(logs).extracting(LogDescription::offsetLag).containsExactly(0L, 5L);
        assertThat(logs)
                .extracting(LogDescription::directoryId)
                .containsExactly(shard.logDir.id(), shard.logDir(1).id());
    }

    @ParameterizedTest
    @CsvSource({
        "orders, 3:1, 0, /nowhere, LOG_DIR_NOT_FOUND",
        "orders, 3:1, 0, '', LOG_DIR_NOT_FOUND",
        "orders, 3:1, 7, /other, UNKNOWN_TOPIC_OR_PARTITION",
        "unknown, 0:0, 0, /other, UNKNOWN_TOPIC_OR_PARTITION",
        "orders, 3:1, 0, /logs, NONE",
        "orders, 3:1, 0, /other/, NONE",
    })
    void shouldAnswerAsKafka(String topic, String id, int partition, String directory, Errors error) {
        String[] bits = id.split(":");
        Uuid topicId = new Uuid(Long.parseLong(bits[0]), Long.parseLong(bits[1]));

        assertThat(shard.moves.alter(
                        new AlterLogDir(
                                new PartitionKey(topicId, partition), new TopicPartition(topic, partition), directory),
                        shard.nowMs))
                .isEqualTo(error);
    }

    @Test
    void shouldRefuseADirectoryThatIsReadOnlyAndALogThatIsOffline() {
        shard.shard.health(shard.logDir(1).id(), new DirectoryHealth(false, "full"));
        assertThat(move("/other")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        shard.shard.health(shard.logDir(1).id(), DirectoryHealth.WRITABLE);
        shard.shard.takeOffline(shard.partition(), "for the test", shard.nowMs);
        assertThat(move("/other")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void shouldRefuseADirectoryThatHasFailedAtStart() {
        ShardFixture again = shard.after(true);

        assertThat(again.move(ShardFixture.KEY, ShardFixture.name(), "/failed")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void shouldPutANewPartitionWhereItWasWishedFor() {
        Uuid id = new Uuid(3, 9);
        AlterLogDir wish = new AlterLogDir(new PartitionKey(Uuid.ZERO_UUID, 0), new TopicPartition("news", 0), "/logs");

        assertThat(shard.moves.alter(wish, shard.nowMs)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        shard.commit(ShardMetadata.topic("news", id, 1).toArray(MetadataRecord[]::new));

        // Without the wish, the other directory would be the emptier one.
        assertThat(shard.files.list(FROM)).contains("news-0");
    }

    @Test
    void shouldEndAMoveWhenTheLogIsToStay() {
        append(0, 3);
        move("/other");
        shard.goOn();

        assertThat(move("/logs")).isEqualTo(Errors.NONE);
        drive();

        assertThat(shard.partition().logDir.path()).isEqualTo(FROM);
        shard.housekeeping.tick(shard.nowMs + 1, shard.syncs::sync);
        assertThat(shard.files.list(TO)).noneMatch(name -> name.contains("orders"));
        assertThat(shard.written()).isEqualTo(values(0, 3));
    }

    @Test
    void shouldForgetTheMoveOfADeletedTopic() {
        append(0, 3);
        move("/other");

        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));
        drive();

        shard.housekeeping.tick(shard.nowMs + 60_000, shard.syncs::sync);
        assertThat(shard.files.list(TO)).noneMatch(name -> name.contains("orders"));
        assertThat(shard.files.list(FROM)).noneMatch(name -> name.contains("orders"));
    }

    @Test
    void shouldTellWhereTheLogWillBeBeforeItIsThere() {
        append(0, 3);
        moveUntilTheMetadataIsTold();

        assertThat(shard.placed)
                .containsExactly(Map.entry(ShardFixture.KEY, shard.logDir(1).id()));
        assertThat(shard.partition().logDir.path()).isEqualTo(FROM);
        drive();
        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(shard.placed)
                .containsExactly(Map.entry(ShardFixture.KEY, shard.logDir(1).id()));
    }

    @Test
    void shouldTakeBackWhereTheLogWillBeWhenItStays() {
        append(0, 3);
        moveUntilTheMetadataIsTold();

        move("/logs");
        drive();

        assertThat(shard.partition().logDir.path()).isEqualTo(FROM);
        assertThat(shard.placed)
                .containsExactly(Map.entry(ShardFixture.KEY, shard.logDir(0).id()));
    }

    private void moveUntilTheMetadataIsTold() {
        move("/other");
        while (shard.placed.isEmpty() && shard.goOn()) {
            shard.nowMs++;
        }
    }
}
