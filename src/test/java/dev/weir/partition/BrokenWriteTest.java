package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.MetadataRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Entry;
import dev.weir.partition.client.AppendRequest.Origin;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A write that ends in anything but the disk's refusal: an error of this program, or no memory. */
class BrokenWriteTest {
    private static final Uuid NEWS = new Uuid(3, 9);
    private static final PartitionKey OTHER = new PartitionKey(NEWS, 0);

    private final ShardFixture shard = ShardFixture.alone();

    static Stream<Throwable> failures() {
        return Stream.of(new OutOfMemoryError("for the test"), new IllegalStateException("for the test"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldAnswerEachWaitingAppendWhereTheWriteOfAnotherLogBreaksOff(Throwable failure) {
        addNews();
        Answer<AppendResult> broken = shard.stage(1, shard.batch("broken"));
        Answer<AppendResult> whole = stage(OTHER, shard.batch("whole"));
        breakOnce("/orders-0/", failure);

        shard.appends.writeStaged(shard.nowMs);

        assertThat(whole.only().error()).isEqualTo(Errors.NONE);
        assertThat(broken.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(broken.only().mayBeWritten()).isTrue();
        assertThat(shard.appends.hasStaged()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldNotWriteMemoryThatWasGivenBack(Throwable failure) {
        ByteBuffer memory = shard.batch("broken");
        Answer<AppendResult> broken = shard.stage(1, memory);
        breakOnce("/orders-0/", failure);
        shard.appends.writeStaged(shard.nowMs);
        assertThat(broken.came()).isTrue();
        Arrays.fill(memory.array(), (byte) 'x');

        Answer<AppendResult> next = shard.append(1, shard.batch("next"));

        assertThat(next.only().error()).isEqualTo(Errors.NONE);
        assertThat(shard.written()).endsWith("next");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldOpenTheLogAgainWithoutBlamingTheDisk(Throwable failure) {
        shard.append(1, shard.batch("before"));
        Partition before = shard.partition();
        shard.stage(-1, shard.batch("broken"));
        breakOnce("/orders-0/", failure);

        shard.appends.writeStaged(shard.nowMs);

        assertThat(before.isEnded()).isTrue();
        assertThat(shard.partition()).isNotSameAs(before);
        assertThat(shard.partition().log.mustBeOpenedAgain()).isFalse();
        assertThat(shard.written()).startsWith("before");
        assertThat(shard.writeFailures).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldOpenTheLogLaterWhereThereIsNoMemoryForThat(Throwable failure) {
        shard.append(1, shard.batch("before"));
        shard.stage(1, shard.batch("broken"));
        shard.files.onOperation((operation, path) -> {
            if (path.toString().contains("/orders-0")) {
                throw new OutOfMemoryError("for the test");
            }
        });
        shard.appends.writeStaged(shard.nowMs);
        assertThat(shard.shard.isOffline(ShardFixture.KEY)).isTrue();
        shard.files.onOperation((operation, path) -> {});

        shard.nowMs += Offline.AGAIN_MS;
        shard.housekeeping.tick(shard.nowMs, shard.syncs::sync);

        assertThat(shard.written()).startsWith("before");
    }

    /** The whole request is staged in one turn; what is staged of it must be written before its memory goes back. */
    @Test
    void shouldGiveUpALogThatGrowsTooFarWhileItIsStaged() {
        Answer<AppendResult> first = shard.stage(1, shard.batch("-".repeat(900_000)));
        breakOnce("/orders-0/", new OutOfMemoryError("for the test"));

        for (int i = 0; i < 4; i++) {
            shard.stage(1, shard.batch("-".repeat(900_000)));
        }

        assertThat(first.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        shard.appends.writeStaged(shard.nowMs);
        assertThat(shard.append(1, shard.batch("next")).only().error()).isEqualTo(Errors.NONE);
    }

    private void addNews() {
        shard.commit(ShardMetadata.topic("news", NEWS, 1).toArray(MetadataRecord[]::new));
    }

    private Answer<AppendResult> stage(PartitionKey key, ByteBuffer batch) {
        Answer<AppendResult> answer = new Answer<>();
        shard.appends.append(
                new AppendRequest(
                        List.of(new Entry(key, -1, batch)), (short) 1, 1000, ShardFixture.NEWEST, Origin.CLIENT),
                shard.nowMs,
                answer::take);
        return answer;
    }

    private void breakOnce(String where, Throwable failure) {
        boolean[] broken = new boolean[1];
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.WRITE && path.toString().contains(where) && !broken[0]) {
                broken[0] = true;
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
        });
    }
}
