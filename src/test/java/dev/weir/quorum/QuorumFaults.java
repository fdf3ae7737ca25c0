package dev.weir.quorum;

import dev.weir.quorum.QuorumEvent.LeaderLost;
import dev.weir.quorum.QuorumEvent.Stopping;
import dev.weir.quorum.QuorumRequest.AddVoter;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The faults of a simulation, and how much of them a quorum must bear. */
final class QuorumFaults {
    private final QuorumSimulation simulation;
    private final Random random;
    private final Set<ReplicaKey> lostDisks = new HashSet<>();

    QuorumFaults(QuorumSimulation simulation, Random random) {
        this.simulation = simulation;
        this.random = random;
    }

    void next() {
        if (!simulation.chaos) {
            return;
        }
        simulation.later(20 + random.nextInt(250), this::next);
        SimNode node = simulation.nodes.get(random.nextInt(simulation.nodes.size()));
        SimNode other = simulation.nodes.get(random.nextInt(simulation.nodes.size()));
        switch (random.nextInt(16)) {
            case 0, 1 -> simulation.crash(node, 20 + random.nextInt(500));
            case 2 -> cutFor(node.id, other.id, false);
            case 3 -> cutFor(node.id, other.id, true);
            case 4 -> simulation.nodes.forEach(n -> cutFor(node.id, n.id, random.nextBoolean()));
            case 5 -> node.pausedUntil = Math.max(node.pausedUntil, simulation.now + random.nextInt(800));
            case 6 -> node.clockOffset += random.nextInt(200_000) - 100_000;
            case 7, 8, 9 -> hints(node, other);
            case 10 -> loseDisk(node);
            case 11 -> loseTail(node);
            case 12 -> stop(node);
            case 13 -> failLog(node);
            case 14 -> changeVoters(node);
            case 15 -> restoreOldDisk(node);
            default -> {}
        }
        if (node.running && random.nextInt(3) == 0) {
            node.snapshot();
        }
    }

    /** In the first moments, in which the first leader makes the id of the cluster. */
    void atTheBeginning() {
        SimNode node = simulation.nodes.get(random.nextInt(simulation.configured.size()));
        if (random.nextBoolean()) {
            loseDisk(node);
        } else {
            simulation.crash(node, random.nextInt(200));
        }
    }

    private void hints(SimNode lost, SimNode to) {
        if (random.nextBoolean()) {
            allStand(lost);
            return;
        }
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            int rank = random.nextInt(3);
            simulation.nodes.forEach(n -> {
                if (n == to || random.nextBoolean()) {
                    int life = n.life;
                    simulation.later(
                            random.nextInt(100), () -> simulation.deliver(n, life, new LeaderLost(lost.id, rank)));
                }
            });
        }
    }

    /** Everybody is told to be the first, at nearly the same time. */
    private void allStand(SimNode lost) {
        SimNode leader = simulation.nodes.stream()
                .filter(n -> n.running && n.core.leads())
                .findFirst()
                .orElse(lost);
        simulation.nodes.forEach(n -> {
            int life = n.life;
            simulation.later(random.nextInt(4), () -> simulation.deliver(n, life, new LeaderLost(leader.id, 0)));
        });
        if (random.nextBoolean()) {
            simulation.crash(leader, 20 + random.nextInt(300));
        }
    }

    /** A voter that has just voted may crash, and be back before the election is over. */
    void voted(SimNode voter) {
        if (simulation.chaos && random.nextInt(8) == 0) {
            int life = voter.life;
            simulation.later(0, () -> {
                if (voter.life == life) {
                    simulation.crash(voter, random.nextInt(10));
                }
            });
        }
    }

    private void cutFor(int from, int to, boolean both) {
        simulation.cut(from, to);
        if (both) {
            simulation.cut(to, from);
        }
        simulation.later(random.nextInt(900), () -> {
            simulation.mend(from, to);
            simulation.mend(to, from);
        });
    }

    private void loseDisk(SimNode node) {
        if (!mayLose(node) && !mayLoseEarly(node)) {
            return;
        }
        simulation.crash(node, -1);
        if (simulation.mistake == QuorumMistake.VOTER_WITH_LOST_DISK_VOTES) {
            SimDisk empty = new SimDisk(node.id, node.disk.key.directoryId().getLeastSignificantBits());
            empty.state = Optional.of(ElectionState.INITIAL);
            node.disk = empty;
        } else {
            lostDisks.add(node.disk.key);
            node.disk = simulation.newDisk(node.id);
        }
        simulation.later(random.nextInt(100), () -> simulation.start(node));
    }

    private void loseTail(SimNode node) {
        SimDisk disk = node.disk;
        if (!mayLose(node) || disk.log.isEmpty() || disk.state.isEmpty()) {
            return;
        }
        simulation.crash(node, -1);
        disk.truncateTo(disk.endOffset - random.nextInt(6));
        disk.lostSynced = true;
        simulation.later(random.nextInt(100), () -> simulation.start(node));
    }

    /** The disk is put back as it was some time ago, and nobody is told. More than Raft can bear: only local promises hold. */
    private void restoreOldDisk(SimNode node) {
        if (!simulation.restores) {
            return;
        }
        SimDisk old = node.disk.copy(node.disk.key);
        simulation.later(300 + random.nextInt(1_500), () -> {
            if (simulation.chaos) {
                simulation.crash(node, -1);
                node.disk = old;
                simulation.later(20, () -> simulation.start(node));
            }
        });
    }

    /** Whether each set of voters that counts anywhere has a majority that runs and has forgotten nothing. */
    boolean majoritiesWork() {
        return voterSets().stream().filter(set -> set.size() > 0).allMatch(set -> {
            long working = set.voters().stream()
                    .filter(v -> intact(v, null) && simulation.node(v.id()).running)
                    .count();
            return working >= set.majority();
        });
    }

    private Set<VoterSet> voterSets() {
        Set<VoterSet> sets = new HashSet<>();
        simulation.nodes.forEach(
                n -> sets.add(n.id < QuorumSimulation.OBSERVER ? n.votersOnDisk() : n.disk.votersAt(Long.MAX_VALUE)));
        return sets;
    }

    /** Whether a majority of every set of voters that counts anywhere keeps its promises without this disk. */
    boolean mayLose(SimNode node) {
        Set<VoterSet> sets = voterSets();
        return sets.stream().filter(set -> set.size() > 0).allMatch(set -> {
                    long intact =
                            set.voters().stream().filter(v -> intact(v, node)).count();
                    return set.pinned() && intact >= set.majority();
                })
                && sets.stream().anyMatch(set -> set.size() > 1);
    }

    /** Before the voters are pinned nothing is committed, and whoever lost its disk is asked for its vote again. */
    private boolean mayLoseEarly(SimNode node) {
        return node.id < QuorumSimulation.OBSERVER
                && simulation.configured.size() > 1
                && simulation.oracle.committedEnd() == 0
                && voterSets().stream().noneMatch(VoterSet::pinned);
    }

    private boolean intact(Voter voter, @Nullable SimNode besides) {
        SimNode node = simulation.node(voter.id());
        return node != besides
                && voter.key().names(node.disk.key)
                && !lostDisks.contains(node.disk.key)
                && !node.disk.lostSynced;
    }

    private void stop(SimNode node) {
        if (node.running) {
            simulation.deliver(node, node.life, new Stopping());
            int life = node.life;
            simulation.later(50, () -> {
                if (node.life == life) {
                    simulation.crash(node, random.nextInt(300));
                }
            });
        }
    }

    private void failLog(SimNode node) {
        if (node.running && simulation.now >= node.pausedUntil) {
            simulation.deliver(node, node.life, new QuorumEvent.LogFailed());
            int life = node.life;
            simulation.later(20, () -> {
                if (node.life == life) {
                    simulation.crash(node, random.nextInt(300));
                }
            });
        }
    }

    private void changeVoters(SimNode node) {
        for (SimNode leader : simulation.nodes) {
            if (leader.running && leader.core.leads()) {
                int changes = simulation.mistake == QuorumMistake.TWO_VOTER_CHANGES_AT_A_TIME ? 2 : 1;
                for (int i = 0; i < changes; i++) {
                    SimNode other = i == 0 ? node : simulation.nodes.get(random.nextInt(simulation.nodes.size()));
                    change(leader, other);
                }
            }
        }
    }

    void change(SimNode leader, SimNode node) {
        if (!leader.running) {
            return;
        }
        Voter voter = new Voter(node.disk.key, List.of());
        QuorumRequest change = new AddVoter(voter);
        Optional<Voter> present = leader.core.voters().voter(node.id);
        if (present.isPresent() && node.disk.clusterId.isEmpty()) {
            // The leader tells it the cluster's id as long as it knows a voter of that number.
            return;
        }
        if (present.isPresent() && !present.get().key().equals(node.disk.key)) {
            change = new RemoveVoter(present.get().key());
        } else if (present.isPresent() && random.nextInt(3) == 0) {
            change = new UpdateVoter(
                    new Voter(node.disk.key, List.of(new Voter.Endpoint("C", "h", random.nextInt(9) + 1))));
        } else if (present.isPresent()) {
            change = new RemoveVoter(node.disk.key);
        }
        QuorumRequest request = change;
        leader.request(request, QuorumSimulation.OPERATOR, QuorumSimulation.OPERATOR, 0, 0);
    }
}
