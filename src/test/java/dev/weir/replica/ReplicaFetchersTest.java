package dev.weir.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.client.PartitionKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Which partitions broker 1 fetches, and from whom. */
class ReplicaFetchersTest {
    private static final Uuid TOPIC = new Uuid(3, 1);

    private ClusterImage image = ClusterImage.empty("cluster");
    private final ReplicaFetchers fetchers = fetchers(0, 1);

    private static ReplicaFetchers fetchers(int shard, int shards) {
        return new ReplicaFetchers(1, shard, shards, BrokerConfig.defaults().replicaFetch());
    }

    @Test
    void shouldFollowThePartitionsThatOthersLead() {
        commit(
                new TopicRecord("orders", TOPIC),
                partition(0, 2, 2, 1, 3),
                partition(1, 1, 1, 2, 3),
                partition(2, 3, 3, 2),
                partition(3, -1, 2, 1),
                partition(4, 3, 1, 3));

        assertThat(located()).containsExactly("0 from 2 in epoch 0", "4 from 3 in epoch 0");
    }

    @Test
    void shouldChangeTheLeaderAndFollowEachNewEpoch() {
        commit(new TopicRecord("orders", TOPIC), partition(0, 2, 2, 1, 3));
        located();

        commit(change(0).withLeader(3));
        assertThat(located()).containsExactly("0 from 3 in epoch 1");
        assertThat(fetchers.all()).extracting(ReplicaFetcher::leaderId).containsExactly(2, 3);
        commit(change(0).withIsr(List.of(3)));
        assertThat(located()).isEmpty();
        commit(change(0).withLeader(3));
        assertThat(located()).containsExactly("0 from 3 in epoch 2");
    }

    /** Its log was found cut, or is another one now: it may not be fetched on from where the old one ended. */
    @Test
    void shouldAskAgainWhereItsLogStandsWhenItsDirectoryChanges() {
        commit(new TopicRecord("orders", TOPIC), partition(0, 2, 2, 1, 3));
        located();

        commit(change(0).withDirectories(List.of(new Uuid(5, 2), DirectoryId.LOST, new Uuid(5, 3))));
        assertThat(located()).containsExactly("0 from 2 in epoch 0");
        commit(change(0).withDirectories(List.of(new Uuid(5, 2), new Uuid(5, 1), new Uuid(5, 3))));
        assertThat(located()).containsExactly("0 from 2 in epoch 0");
        commit(change(0).withDirectories(List.of(new Uuid(6, 2), new Uuid(5, 1), new Uuid(6, 3))));
        assertThat(located()).as("the others' directories").isEmpty();
    }

    @Test
    void shouldFollowNobodyWhereItLeadsOrNobodyDoesOrTheReplicaOrTopicIsGone() {
        commit(
                new TopicRecord("orders", TOPIC),
                partition(0, 2, 2, 1, 3),
                partition(1, 2, 2, 1, 3),
                partition(2, 2, 2, 1, 3));
        commit(
                change(0).withLeader(1),
                change(1).withLeader(-1),
                change(2).withReplicas(List.of(2, 3), List.of(new Uuid(5, 2), new Uuid(5, 3))));
        assertThat(located()).isEmpty();

        commit(change(1).withLeader(2));
        assertThat(located()).containsExactly("1 from 2 in epoch 2");
        commit(new RemoveTopicRecord(TOPIC));

        assertThat(fetchers.all()).allMatch(fetcher -> fetcher.stats().partitions() == 0);
    }

    @Test
    void shouldFollowAWholeImageAndNothingThatItLacks() {
        commit(new TopicRecord("orders", TOPIC), partition(0, 2, 2, 1, 3), partition(1, 2, 2, 1, 3));
        ClusterImage newest = ClusterImage.empty("cluster")
                .apply(new TopicRecord("orders", TOPIC))
                .apply(partition(0, 3, 2, 1, 3));

        fetchers.follow(ImageChange.everything(image, newest));

        assertThat(located()).containsExactly("0 from 3 in epoch 0");
        assertThat(fetchers.all().stream().mapToInt(f -> f.stats().partitions()).sum())
                .isEqualTo(1);
    }

    @Test
    void shouldTakeOnlyThePartitionsOfItsShard() {
        List<ReplicaFetchers> three = List.of(fetchers(0, 3), fetchers(1, 3), fetchers(2, 3));
        commit(new TopicRecord("orders", TOPIC));
        for (int i = 0; i < 9; i++) {
            commit(partition(i, 2, 2, 1));
        }

        three.forEach(one -> one.follow(ImageChange.everything(ClusterImage.empty(""), image)));

        for (int shard = 0; shard < 3; shard++) {
            int own = shard;
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                if (new PartitionKey(TOPIC, i).shard(3) == own) {
                    expected.add(i + " from 2 in epoch 0");
                }
            }
            assertThat(located(three.get(shard))).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void shouldGiveUpAFetcherThatHasNothingLeftToDo() {
        commit(new TopicRecord("orders", TOPIC), partition(0, 2, 2, 1, 3));
        commit(change(0).withLeader(3));

        fetchers.dropIdle();

        assertThat(fetchers.all()).extracting(ReplicaFetcher::leaderId).containsExactly(3);
    }

    private void commit(MetadataRecord... records) {
        ImageChange change = ImageChange.of(image, Arrays.asList(records), LogPosition.NONE);
        image = change.after();
        fetchers.follow(change);
    }

    private List<String> located() {
        return located(fetchers);
    }

    /** The partitions whose positions are asked for now. */
    private static List<String> located(ReplicaFetchers of) {
        List<String> lines = new ArrayList<>();
        for (ReplicaFetcher fetcher : of.all()) {
            for (FetcherEffect effect : fetcher.next(0, -1)) {
                if (effect instanceof FetcherEffect.Turn turn) {
                    turn.turn()
                            .entries()
                            .forEach(entry -> lines.add(entry.key().partition() + " from " + fetcher.leaderId()
                                    + " in epoch " + entry.leaderEpoch()));
                }
            }
        }
        return lines.stream().sorted().toList();
    }

    private static PartitionChangeRecord change(int partition) {
        return PartitionChangeRecord.of(TOPIC, partition);
    }

    private static PartitionRecord partition(int index, int leader, Integer... replicas) {
        return new PartitionRecord(
                TOPIC,
                index,
                List.of(replicas),
                List.of(replicas),
                List.of(),
                List.of(),
                leader,
                0,
                0,
                Arrays.stream(replicas).map(id -> new Uuid(5, id)).toList(),
                false);
    }
}
