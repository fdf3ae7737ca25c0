package dev.weir.controller.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.quorum.Asker;
import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.QuorumTransport;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A voter of three whose metadata is damaged on the disk, each of its files in turn: a flipped bit, or a lost end. It must not take
 * what it cannot read for nothing. Either it does not start; or it has everything; or it knows that something is missing, and neither
 * votes nor stands.
 */
class UnreadableMetadataTest {
    private static final Path LOG_DIR = ReplicaSim.DIR.resolve("__cluster_metadata-0");
    private static final int DAMAGES_EACH = 30;
    private static final int TICKS = 400;

    private final MetadataLogSimulation simulation = new MetadataLogSimulation(1, DriverMistake.NONE);
    private final ReplicaSim candidate = simulation.replica(1);
    private final ReplicaSim victim = simulation.replica(3);
    private final Random random = new Random(7);
    private OffsetAndEpoch acknowledged = OffsetAndEpoch.NONE;

    @BeforeEach
    void liveForAWhileAndStop() {
        simulation.replicas.forEach(ReplicaSim::start);
        simulation.runCalmly(3_000);
        MetadataLog log = victim.log();
        boolean[] closed = {false};
        log.close(() -> closed[0] = true);
        simulation.runCalmly(100);
        acknowledged = new OffsetAndEpoch(log.toldSynced(), log.epoch());
        assertThat(closed).containsExactly(true);
        assertThat(log.committed().topics().byName()).hasSizeGreaterThan(100);
        victim.disk.kill();
    }

    @Test
    void shouldVoteForOneThatHasEverythingAndStandIfNothingIsDamaged() throws Exception {
        Started whole = new Started(copy());

        assertThat(whole.votesFor(acknowledged)).isTrue();
        assertThat(whole.stands()).isTrue();
    }

    @Test
    void shouldNeitherVoteNorStandNorForgetWithMetadataThatItCannotRead() throws Exception {
        List<String> names = victim.disk.list(LOG_DIR);
        assertThat(names)
                .contains("quorum-state", "quorum-synced")
                .anyMatch(name -> name.endsWith(".checkpoint"))
                .anyMatch(name -> name.endsWith(".log"));
        List<String> refused = new ArrayList<>();
        List<String> lacking = new ArrayList<>();

        for (String name : names) {
            for (int i = 0; i < DAMAGES_EACH; i++) {
                InMemoryLogFiles files = copy();
                files.damage(LOG_DIR.resolve(name), random);
                Started voter;
                try {
                    voter = new Started(files);
                } catch (MetadataLogException e) {
                    refused.add(name);
                    continue;
                }
                OffsetAndEpoch behind = new OffsetAndEpoch(acknowledged.offset() - 1, acknowledged.epoch());
                boolean lacks = voter.log.nextOffset() < acknowledged.offset();
                assertThat(voter.votesFor(behind)).as(name).isFalse();
                if (lacks) {
                    lacking.add(name);
                    assertThat(voter.votesFor(acknowledged)).as(name).isFalse();
                    assertThat(voter.stands()).as(name).isFalse();
                }
                assertThat(victim.log().committed().topics().byName().keySet())
                        .as(name)
                        .containsAll(voter.log.committed().topics().byName().keySet());
            }
        }

        assertThat(refused).contains("quorum-state");
        assertThat(lacking).anyMatch(name -> name.endsWith(".log"));
    }

    private InMemoryLogFiles copy() throws Exception {
        InMemoryLogFiles files = new InMemoryLogFiles();
        for (String name : victim.disk.list(LOG_DIR)) {
            files.put(LOG_DIR.resolve(name), victim.disk.content(LOG_DIR.resolve(name)));
        }
        return files;
    }

    /** The damaged voter, started while the others are away. Plays all its threads. */
    private final class Started implements QuorumTransport {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final MetadataLog log;
        private boolean asked;
        private long now = 1_000_000;

        Started(InMemoryLogFiles files) throws Exception {
            DriverPorts ports = new DriverPorts(
                    tasks::add, tasks::add, tasks::add, () -> now, () -> now, bound -> bound / 2, this, id -> {});
            QuorumSetup setup = new QuorumSetup(
                    Optional.of("cluster"),
                    new Voter(victim.key, List.of()),
                    simulation.configured,
                    simulation.settings,
                    OneVoter.NO_SNAPSHOTS);
            log = MetadataLog.open(
                    new MetadataLogOpener(files, LogDirectory.open(files, ReplicaSim.DIR), 1_500).open(now),
                    setup,
                    ports,
                    new MetadataLog.Outputs(
                            change -> {},
                            () -> List.of(new FeatureLevelRecord("metadata.version", (short) 29)),
                            () -> {}));
            log.start();
            run();
        }

        /** Whether it votes for the first voter, whose log is said to end there. */
        boolean votesFor(OffsetAndEpoch end) {
            boolean[] granted = {false};
            log.ask(
                    new Vote(candidate.key, victim.key, log.epoch() + 1, end, false, Optional.of("cluster")),
                    new Asker(1, true),
                    new PeerRequest() {
                        @Override
                        public void answered(QuorumAnswer answer) {
                            granted[0] = ((VoteResponse) answer.response()).granted();
                        }

                        @Override
                        public void failed(Errors error) {
                            // no vote
                        }
                    });
            run();
            return granted[0];
        }

        boolean stands() {
            for (int i = 0; i < TICKS; i++) {
                now += simulation.settings.tickMs();
                log.tick();
                run();
            }
            return asked;
        }

        private void run() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }

        @Override
        public void send(
                int to, VoterSet voters, QuorumRequest request, Consumer<QuorumAnswer> answered, Runnable unanswered) {
            asked |= request instanceof Vote;
            unanswered.run();
        }

        @Override
        public void close() {
            // there is nothing to close
        }
    }
}
