package dev.weir.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.PartitionKey;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** What the requests of a fetch session name. */
class ReplicaFetchSessionTest {
    private static final Uuid ORDERS = new Uuid(1, 1);
    private static final Uuid BILLS = new Uuid(1, 2);

    private final ReplicaFetchSession session = new ReplicaFetchSession();

    @Test
    void shouldNameAllAtFirstAndThenOnlyWhatChanges() {
        put(ORDERS, 0, 10);
        put(BILLS, 3, 20);
        put(ORDERS, 1, 30);

        assertThat(next()).isEqualTo("session 0/0 orders[0@10 1@30] bills[3@20]");
        session.answered(77);
        assertThat(next()).isEqualTo("session 77/1");
        session.answered(77);
        put(ORDERS, 1, 31);
        assertThat(next()).isEqualTo("session 77/2 orders[1@31]");
    }

    @Test
    void shouldNameNothingThatIsTheSame() {
        put(ORDERS, 0, 10);
        next();
        session.answered(77);

        assertThat(put(ORDERS, 0, 10)).isFalse();

        assertThat(next()).isEqualTo("session 77/1");
    }

    @Test
    void shouldForgetWhatIsNotFetchedAndNameItWhenItIsAgain() {
        put(ORDERS, 0, 10);
        put(ORDERS, 1, 10);
        next();
        session.answered(77);

        session.remove(key(ORDERS, 1));
        assertThat(next()).isEqualTo("session 77/1 forgets orders[1]");
        session.answered(77);
        assertThat(put(ORDERS, 1, 10)).isTrue();
        assertThat(next()).isEqualTo("session 77/2 orders[1@10]");
    }

    @Test
    void shouldForgetNothingThatTheLeaderWasNeverToldOf() {
        put(ORDERS, 0, 10);
        next();
        session.answered(77);

        put(ORDERS, 1, 10);
        session.remove(key(ORDERS, 1));

        assertThat(next()).isEqualTo("session 77/1");
    }

    @Test
    void shouldNameAgainWhatWasRemovedAndPutBetweenTwoRequests() {
        put(ORDERS, 0, 10);
        next();
        session.answered(77);

        session.remove(key(ORDERS, 0));
        put(ORDERS, 0, 10);

        assertThat(next()).isEqualTo("session 77/1 orders[0@10]");
    }

    @Test
    void shouldNameAllAgainInTheOrderOfTheirTurnsWithoutASession() {
        put(ORDERS, 0, 10);
        put(ORDERS, 1, 10);
        put(ORDERS, 2, 10);
        next();
        session.answered(0);

        session.moveToEnd(key(ORDERS, 0));

        assertThat(next()).isEqualTo("session 0/0 orders[1@10 2@10 0@10]");
    }

    @Test
    void shouldReplaceASessionThatMayBeLost() {
        put(ORDERS, 0, 10);
        next();
        session.answered(77);
        put(ORDERS, 0, 11);
        next();

        session.lost();
        assertThat(next()).isEqualTo("session 77/0 orders[0@11]");
        session.answered(78);
        assertThat(next()).isEqualTo("session 78/1");
    }

    @Test
    void shouldBeginAnotherSessionWhenItIsRefused() {
        put(ORDERS, 0, 10);
        next();
        session.answered(77);
        next();

        session.refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(next()).isEqualTo("session 77/0 orders[0@10]");
        session.refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(next()).isEqualTo("session 0/0 orders[0@10]");
    }

    private boolean put(Uuid topic, int partition, long offset) {
        return session.put(
                key(topic, partition),
                new FetchPartition().setPartition(partition).setFetchOffset(offset));
    }

    private String next() {
        FetchRequestData request = new FetchRequestData();
        session.fill(request);
        StringBuilder text = new StringBuilder("session " + request.sessionId() + "/" + request.sessionEpoch());
        request.topics().forEach(topic -> text.append(' ')
                .append(name(topic.topicId()))
                .append(topic.partitions().stream()
                        .map(one -> one.partition() + "@" + one.fetchOffset())
                        .toList()
                        .toString()
                        .replace(",", "")));
        request.forgottenTopicsData()
                .forEach(topic ->
                        text.append(" forgets ").append(name(topic.topicId())).append(topic.partitions()));
        return text.toString();
    }

    private static String name(Uuid topic) {
        return topic.equals(ORDERS) ? "orders" : "bills";
    }

    private static PartitionKey key(Uuid topic, int partition) {
        return new PartitionKey(topic, partition);
    }

    @Test
    void shouldBeEmptyOnlyWhereNothingIsFetched() {
        assertThat(session.isEmpty()).isTrue();
        put(ORDERS, 0, 10);
        assertThat(session.isEmpty()).isFalse();
        session.remove(key(ORDERS, 0));
        assertThat(List.of(session.isEmpty())).containsExactly(true);
    }
}
