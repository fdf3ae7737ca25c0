package dev.weir.quorum;

import dev.weir.quorum.QuorumEvent.Tick;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.Vote;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;

/** Strangers that reach every replica and forge whatever they like, under names that are no replica's. */
final class QuorumStrangers {
    private static final int FIRST = 900;

    private final QuorumSimulation simulation;
    private final Random random;
    private final boolean endless;

    /** With {@code endless} they go on in the calm. */
    QuorumStrangers(QuorumSimulation simulation, Random random, boolean endless) {
        this.simulation = simulation;
        this.random = random;
        this.endless = endless;
    }

    void next() {
        if (!simulation.chaos && !endless) {
            return;
        }
        simulation.later(1 + random.nextInt(20), this::next);
        SimNode node = simulation.nodes.get(random.nextInt(simulation.nodes.size()));
        if (node.running && simulation.now >= node.pausedUntil) {
            node.take(new Tick());
        }
        if (node.running && simulation.now >= node.pausedUntil) {
            boolean leads = node.core.leads();
            int epoch = node.core.epoch();
            node.request(forged(node, epoch), QuorumSimulation.STRANGER, QuorumSimulation.STRANGER, 0, 0);
            simulation.oracle.check(
                    !leads || !node.running || (node.core.leads() && node.core.epoch() == epoch),
                    "a stranger has ended the lead of " + node);
        }
    }

    private QuorumRequest forged(SimNode node, int epoch) {
        ReplicaKey stranger = new ReplicaKey(FIRST + random.nextInt(100), new Uuid(9, random.nextInt(100)));
        int newer = (int) Math.min(Integer.MAX_VALUE, epoch + (1L << random.nextInt(31)));
        int named = random.nextInt(3) == 0 ? epoch : newer;
        OffsetAndEpoch longest = new OffsetAndEpoch(1_000_000, Math.max(0, named - 1));
        return switch (random.nextInt(5)) {
            case 0 -> new Vote(stranger, node.disk.key, named, longest, false, node.disk.clusterId);
            case 1 -> new Vote(stranger, node.disk.key, named, longest, true, node.disk.clusterId);
            case 2 -> new BeginQuorumEpoch(stranger.id(), named, node.disk.key, node.disk.clusterId);
            case 3 -> new EndQuorumEpoch(stranger.id(), named, List.of(node.disk.key));
            default ->
                new Fetch(stranger, epoch, node.disk.endOffset, node.disk.epochBefore(node.disk.endOffset), 0, 1_000);
        };
    }
}
