package dev.weir.quorum;

import dev.weir.quorum.QuorumEvent.Requested;
import dev.weir.quorum.QuorumEvent.Responded;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** The first of three voters, elected in epoch 2, with five records of epoch 1 and its LeaderChange at 5, all of it synced. */
final class LeaderCore {
    static final ReplicaKey ONE = new ReplicaKey(1, new Uuid(7, 1));
    static final ReplicaKey TWO = new ReplicaKey(2, new Uuid(7, 2));
    static final ReplicaKey THREE = new ReplicaKey(3, new Uuid(7, 3));
    static final VoterSet ALL =
            VoterSet.of(List.of(new Voter(ONE, List.of()), new Voter(TWO, List.of()), new Voter(THREE, List.of())));
    static final int EPOCH = 2;
    static final long END = 6;

    final QuorumCore core = new QuorumCore(
            QuorumSettings.DEFAULT,
            new Voter(ONE, List.of()),
            ALL,
            Optional.of("given"),
            Optional.of(new ElectionState(1, -1, Optional.empty())),
            new RecoveredLog(0, 5, OffsetAndEpoch.NONE, Map.of(1, 0L), Map.of(1L, ALL), false),
            bound -> bound / 2);
    long time;
    private long requests;

    LeaderCore() {
        core.start(0);
        List<QuorumEffect> effects = List.of();
        while (votes(effects).isEmpty()) {
            effects = pass(10);
        }
        effects =
                core.handle(new Responded(2, votes(effects).get(0), new VoteResponse(Errors.NONE, 1, -1, true)), time);
        core.handle(new Responded(2, votes(effects).get(0), new VoteResponse(Errors.NONE, EPOCH, -1, true)), time);
        core.handle(new QuorumEvent.Synced(END), time);
    }

    /** Lets time pass, in ticks that are no pause. */
    List<QuorumEffect> pass(long ms) {
        List<QuorumEffect> effects = List.of();
        for (long end = time + ms; time < end; ) {
            time = Math.min(end, time + QuorumSettings.DEFAULT.tickMs());
            effects = core.handle(new QuorumEvent.Tick(), time);
        }
        return effects;
    }

    /** Lets time pass while both followers fetch. */
    void passWithFollowers(long ms) {
        for (long end = time + ms; time < end; ) {
            pass(Math.min(end - time, 1_000));
            fetch(TWO, new Asker(2, true), 0);
            fetch(THREE, new Asker(3, true), 0);
        }
    }

    /** A fetch of a replica that has everything. */
    List<QuorumEffect> fetch(ReplicaKey replica, Asker asker, int maxWaitMs) {
        Fetch fetch = new Fetch(replica, EPOCH, END, EPOCH, core.highWatermark(), maxWaitMs);
        return core.handle(new Requested(++requests, asker, fetch), time);
    }

    /** The number of the newest request. */
    long lastRequest() {
        return requests;
    }

    List<ReplicaKey> observers() {
        return core.view(0).observers().stream()
                .map(QuorumView.Progress::replica)
                .toList();
    }

    private static List<Long> votes(List<QuorumEffect> effects) {
        return effects.stream()
                .filter(e -> e instanceof QuorumEffect.Send send && send.to() == 2 && send.request() instanceof Vote)
                .map(e -> ((QuorumEffect.Send) e).correlationId())
                .toList();
    }
}
