package dev.weir.quorum;

import java.util.List;

/**
 * One batch of the metadata log, as far as the quorum looks into it.
 *
 * @param baseOffset of its first record
 * @param endOffset the offset after its last record
 * @param epoch of the leader that appended it
 * @param content of the batch
 */
public record LogBatch(long baseOffset, long endOffset, int epoch, Content content) {

    /** The records of a batch. */
    public sealed interface Content permits LeaderChange, Voters, Records {}

    /**
     * The first record of each leader's epoch.
     *
     * @param leaderId who leads
     * @param voters the ids of the voters then
     * @param granting the ids of those that voted for the leader
     */
    public record LeaderChange(int leaderId, List<Integer> voters, List<Integer> granting) implements Content {
        public LeaderChange {
            voters = List.copyOf(voters);
            granting = List.copyOf(granting);
        }
    }

    /**
     * The record that changes the voters (KIP-853), the first time with {@code kraft.version} before it. It counts from when
     * it is appended, not from when it is committed.
     *
     * @param set the voters from here on
     */
    public record Voters(VoterSet set) implements Content {}

    /**
     * Records of the controller.
     *
     * @param data in the driver's own form
     */
    public record Records(Data data) implements Content {}

    /** The bytes of records or of a snapshot, in the driver's own form. The core passes them on and never looks into them. */
    public interface Data {}
}
