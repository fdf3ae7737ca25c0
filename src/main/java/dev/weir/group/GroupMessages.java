package dev.weir.group;

import dev.weir.bus.Address;
import dev.weir.group.core.GroupCall;
import java.util.List;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** What is asked of one coordinator verticle, and where. */
final class GroupMessages {
    private static final int IN_FLIGHT = 100_000;

    private GroupMessages() {}

    /**
     * A request to the groups of one partition.
     *
     * @param partition of {@code __consumer_offsets}
     * @param call names groups of that partition only
     */
    record Ask(int partition, GroupCall call) {}

    /**
     * The groups of a verticle.
     *
     * @param error why some of its partitions are not among them, or NONE
     */
    record Listed(List<ListedGroup> groups, Errors error) {
        /** What the partitions of a verticle answered; one that does not serve now makes the list incomplete. */
        static Listed of(List<ApiMessage> answers) {
            List<ListGroupsResponseData> all =
                    answers.stream().map(ListGroupsResponseData.class::cast).toList();
            Errors error = all.stream()
                    .map(answer -> Errors.forCode(answer.errorCode()))
                    .filter(e -> e != Errors.NONE)
                    .map(e -> e == Errors.NOT_COORDINATOR ? Errors.COORDINATOR_NOT_AVAILABLE : e)
                    .findFirst()
                    .orElse(Errors.NONE);
            return new Listed(
                    all.stream().flatMap(answer -> answer.groups().stream()).toList(), error);
        }
    }

    /** @param maxOffsets most offsets to name */
    record StatsRequest(int maxOffsets) {}

    static Address<StatsRequest, GroupStats> stats(int shard) {
        return new Address<>("group." + shard + ".stats", IN_FLIGHT);
    }

    static Address<Ask, ApiMessage> ask(int shard) {
        return new Address<>("group." + shard + ".ask", IN_FLIGHT);
    }

    /** A ListGroups call over all groups of the verticle. */
    static Address<GroupCall, Listed> list(int shard) {
        return new Address<>("group." + shard + ".list", IN_FLIGHT);
    }
}
