package dev.weir.quorum;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** A response of KRaft. Each names the newest epoch that the sender knows and its leader, so that terms spread. */
public sealed interface QuorumResponse {
    /** The outcome; {@code NONE} also if a vote is refused. */
    Errors error();

    /** The newest epoch that the sender knows. */
    int epoch();

    /** The leader of that epoch, or -1. */
    int leaderId();

    /** The response to a Vote. */
    record VoteResponse(Errors error, int epoch, int leaderId, boolean granted) implements QuorumResponse {}

    /** The response to BeginQuorumEpoch and EndQuorumEpoch. */
    record EpochResponse(Errors error, int epoch, int leaderId) implements QuorumResponse {}

    /**
     * The response to a Fetch.
     *
     * @param error the outcome
     * @param epoch the newest that the sender knows
     * @param leaderId its leader, or -1
     * @param highWatermark the leader's, or -1 if it is not known yet
     * @param diverging where the leader's log and the fetcher's part: the fetcher truncates to it
     * @param snapshotId the snapshot to load, if the log begins above the fetcher's end
     * @param batches the records; the driver puts them in when the response is sent
     */
    record FetchResponse(
            Errors error,
            int epoch,
            int leaderId,
            long highWatermark,
            Optional<OffsetAndEpoch> diverging,
            Optional<OffsetAndEpoch> snapshotId,
            List<LogBatch> batches)
            implements QuorumResponse {
        public FetchResponse {
            batches = List.copyOf(batches);
        }

        /** This response with records in it. */
        public FetchResponse with(List<LogBatch> records) {
            return new FetchResponse(error, epoch, leaderId, highWatermark, diverging, snapshotId, records);
        }
    }

    /**
     * The response to a FetchSnapshot.
     *
     * @param error the outcome
     * @param epoch the newest that the sender knows
     * @param leaderId its leader, or -1
     * @param snapshotId of the bytes
     * @param position of the first of them
     * @param length of them
     * @param size of the whole snapshot
     * @param data the bytes; the driver puts them in
     */
    record FetchSnapshotResponse(
            Errors error,
            int epoch,
            int leaderId,
            OffsetAndEpoch snapshotId,
            long position,
            long length,
            long size,
            Optional<LogBatch.Data> data)
            implements QuorumResponse {}

    /** The response to AddRaftVoter, RemoveRaftVoter and UpdateRaftVoter. */
    record VoterChangeResponse(Errors error, int epoch, int leaderId, String message) implements QuorumResponse {}
}
