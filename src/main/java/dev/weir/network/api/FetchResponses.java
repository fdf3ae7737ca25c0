package dev.weir.network.api;

import dev.weir.partition.client.FetchAnswer;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Puts the answers of partitions into the responses to fetches. Owned by the network verticle. */
final class FetchResponses {
    private static final short LEADERS_SINCE = 12;
    private static final short ENDPOINTS_SINCE = 16;

    private final BrokerView view;

    FetchResponses(BrokerView view) {
        this.view = view;
    }

    /**
     * What a response says of one partition.
     *
     * @param byName whether the topic was asked for by its name
     * @param response takes the address of a leader that is named
     */
    PartitionData data(
            int partition, boolean byName, FetchAnswer answer, RequestContext context, FetchResponseData response) {
        Errors error = byName ? TopicErrors.byName(answer.error()) : answer.error();
        PartitionData data = new PartitionData()
                .setPartitionIndex(partition)
                .setErrorCode(error.code())
                .setHighWatermark(answer.highWatermark())
                .setLastStableOffset(answer.lastStableOffset())
                .setLogStartOffset(answer.logStartOffset())
                .setAbortedTransactions(answer.aborted().stream()
                        .map(a -> new AbortedTransaction()
                                .setProducerId(a.producerId())
                                .setFirstOffset(a.firstOffset()))
                        .toList())
                .setRecords(answer.bytes() == null ? MemoryRecords.EMPTY : answer.bytes());
        FetchAnswer.Diverging diverging = answer.diverging();
        if (diverging != null) {
            data.setDivergingEpoch(
                    new EpochEndOffset().setEpoch(diverging.epoch()).setEndOffset(diverging.endOffset()));
        }
        FetchAnswer.Leader leader = answer.leader();
        if (leader != null && context.version() >= LEADERS_SINCE) {
            data.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.leaderId()).setLeaderEpoch(leader.leaderEpoch()));
            nameEndpoint(leader.leaderId(), context, response);
        }
        return data;
    }

    private void nameEndpoint(int leaderId, RequestContext context, FetchResponseData response) {
        if (context.version() >= ENDPOINTS_SINCE && response.nodeEndpoints().find(leaderId) == null) {
            view.endpoint(leaderId, context.listener())
                    .map(node -> new NodeEndpoint()
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port())
                            .setRack(node.rack()))
                    .ifPresent(response.nodeEndpoints()::add);
        }
    }
}
