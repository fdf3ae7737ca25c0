package dev.weir.group.consumer;

import static dev.weir.group.consumer.ConsumerGroupRequests.assigned;
import static dev.weir.group.consumer.ConsumerGroupRequests.beat;
import static dev.weir.group.consumer.ConsumerGroupRequests.join;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.junit.jupiter.api.Test;

/** Subscription by regular expression. */
class ConsumerGroupRegexTest {
    private final ConsumerGroupHarness harness = new ConsumerGroupHarness();

    @Test
    void shouldAssignTheTopicsThatMatchAsAWhole() {
        harness.topics.with("log-a", 1).with("log-b", 2).with("my-log-c", 1);

        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(joinBy("a", "log-.*"));

        assertThat(assigned(response, harness.topics.id("log-a"))).containsExactly(0);
        assertThat(assigned(response, harness.topics.id("log-b"))).containsExactly(0, 1);
        assertThat(assigned(response, harness.topics.id("my-log-c"))).isEmpty();
        assertThat(harness.group().isSubscribedTo("log-b")).isTrue();
        assertThat(harness.group().isSubscribedTo("my-log-c")).isFalse();
    }

    @Test
    void shouldTakeAsManyNamesAsTheKeyOfARecordHolds() {
        harness.topics.with("shop.orders.region-7", 1);
        String names = IntStream.range(0, 1_200)
                .mapToObj(i -> "shop\\.orders\\.region-" + i)
                .collect(Collectors.joining("|"));

        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(joinBy("a", names));

        assertThat(names).hasSizeGreaterThan(29_000).hasSizeLessThan(TopicPattern.MAX_BYTES);
        assertThat(assigned(response, harness.topics.id("shop.orders.region-7")))
                .containsExactly(0);
    }

    @Test
    void shouldFollowNewTopicsWithOneRebalance() {
        harness.topics.with("log-a", 1);
        harness.heartbeat(joinBy("a", "log-.*"));
        harness.topics.with("log-b", 1).with("log-c", 1);
        harness.core.onTopicsChanged(Set.of("log-b", "log-c"));
        harness.advance(1_000);

        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(beat("a", 1));

        assertThat(response.memberEpoch()).isEqualTo(2);
        assertThat(assigned(response, harness.topics.id("log-b"))).containsExactly(0);
        assertThat(assigned(response, harness.topics.id("log-c"))).containsExactly(0);
    }

    @Test
    void shouldUniteNamesAndExpression() {
        harness.topics.with("log-a", 1).with("t", 1);

        ConsumerGroupHeartbeatResponseData response =
                harness.heartbeat(joinBy("a", "log-.*").setSubscribedTopicNames(List.of("t")));

        assertThat(assigned(response, harness.topics.id("log-a"))).containsExactly(0);
        assertThat(assigned(response, harness.topics.id("t"))).containsExactly(0);
    }

    @Test
    void shouldForgetAnExpressionWithItsLastSubscriber() {
        harness.topics.with("log-a", 1);
        harness.heartbeat(joinBy("a", "log-.*"));
        harness.heartbeat(joinBy("b", "log-.*"));
        harness.heartbeat(beat("a", 1).setSubscribedTopicRegex(""));
        assertThat(harness.group().subscriptions().resolved()).containsOnlyKeys("log-.*");

        harness.heartbeat(beat("b", -1));

        assertThat(harness.group().subscriptions().resolved()).isEmpty();
        assertThat(harness.group().isSubscribedTo("log-a")).isFalse();
    }

    @Test
    void shouldKeepTheResolutionOverARestart() {
        harness.topics.with("log-a", 1);
        harness.heartbeat(joinBy("a", "log-.*"));
        int written = harness.log.size();
        harness.restart(harness.compacted());

        harness.heartbeat(beat("a", 1));

        assertThat(harness.log).hasSize(written);
        assertThat(harness.group().subscriptions().namesOf("log-.*")).containsExactly("log-a");
    }

    @Test
    void shouldResolveOverManyTopicsInSteps() {
        IntStream.range(0, 3_000).forEach(i -> harness.topics.with("a-topic-with-a-long-name-" + i, 1));
        String costly = "(a|b|[^x]){20}.*[0-9]{1,20}";

        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(joinBy("a", costly));
        assertThat(response.assignment().topicPartitions()).isEmpty();
        assertThat(harness.timer(Timers.REGEX, "")).isNotNull();
        harness.advance(1_000);
        assertThat(harness.timer(Timers.REGEX, "")).isNull();

        response = harness.heartbeat(beat("a", response.memberEpoch()));
        assertThat(response.assignment().topicPartitions()).isNotEmpty();
    }

    @Test
    void shouldResolveAnewFromTimeToTime() {
        harness.topics.with("log-a", 1);
        harness.heartbeat(joinBy("a", "log-.*"));
        harness.topics.with("log-b", 1);
        for (int minute = 0; minute < 20; minute++) {
            harness.advance(30_000);
            harness.heartbeat(beat("a", 1));
        }

        assertThat(harness.heartbeat(beat("a", 2)).memberEpoch()).isEqualTo(2);
    }

    private static ConsumerGroupHeartbeatRequestData joinBy(String memberId, String regex) {
        return join(memberId).setSubscribedTopicRegex(regex);
    }
}
