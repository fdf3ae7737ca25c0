package dev.weir.controller;

import dev.weir.controller.SimLogs.Key;
import dev.weir.controller.SimLogs.Log;
import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.Feature;
import dev.weir.metadata.ImageSnapshot;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.protocol.Errors;

/**
 * A random life of a cluster as its controller sees it: topics come and go, brokers stop, crash and come back, leaders propose who is
 * in sync, replicas move, settings change, and a decision may be cut short by the end of its controller. After every event the
 * {@link ControllerOracle} looks at the image, and at the records that its replicas have ({@link SimLogs}).
 */
final class ControllerSimulation {
    private static final int BROKERS = 5;
    private static final int VOTERS = 3;
    private static final int STEPS = 400;

    private final Random random;
    private final ControllerMistake mistake;
    private final boolean elr;
    private final ConfigRules rules = new FakeConfigRules();
    private final ControllerCore core;
    private final BrokerSessions sessions = new BrokerSessions(9_000);
    private final ControllerOracle oracle;
    private final SimLogs logs = new SimLogs();
    private final Map<Integer, SimBroker> brokers = new TreeMap<>();
    private final Map<Integer, Long> leadsNothingFrom = new TreeMap<>();
    private final List<AlterPartitionRequestData> proposals = new ArrayList<>();
    private final SimAdmin admin;

    private ClusterImage image = ClusterImage.empty(TestCluster.CLUSTER_ID);
    private long nextOffset;
    private long nowMs;

    ControllerSimulation(long seed, ControllerMistake mistake) {
        this.random = new Random(seed);
        this.mistake = mistake;
        elr = mistake != ControllerMistake.NONE || seed % 4 != 0;
        Random ids = new Random(seed + 1);
        core = new ControllerCore(new ControllerSettings(2, (short) 2, true, List.of()), rules, new RandomSource() {
            @Override
            public Uuid newId() {
                return new Uuid(ids.nextLong(), ids.nextLong());
            }

            @Override
            public int below(int bound) {
                return ids.nextInt(bound);
            }
        });
        oracle = new ControllerOracle(rules, elr);
        admin = new SimAdmin(random);
        for (int id = 1; id <= BROKERS; id++) {
            brokers.put(id, new SimBroker(id));
        }
    }

    void run() {
        apply(new FeatureLevelRecord(Feature.METADATA_VERSION.featureName(), (short) 29));
        if (elr) {
            apply(new FeatureLevelRecord(ElrRules.FEATURE, (short) 1));
        }
        begin();
        for (int step = 0; step < STEPS; step++) {
            nowMs += random.nextInt(300);
            step();
            oracle.check(image, logs, broker -> brokers.get(broker).dirty);
        }
        ClusterImage copy =
                ImageSnapshot.fromRecords(image.clusterId(), ImageSnapshot.toRecords(image), image.position());
        ControllerOracle.require(copy.equals(image), "a snapshot has all of it", "");
    }

    private void step() {
        SimBroker broker = brokers.get(1 + random.nextInt(BROKERS));
        switch (random.nextInt(20)) {
            case 0 ->
                decideWhole(
                        core.createTopics(image, admin.newTopic(image), VOTERS).records());
            case 1 -> start(broker);
            case 2, 3, 4, 5 -> brokers.values().forEach(this::beat);
            case 6 -> end(broker);
            case 7 -> broker.stopping = broker.isUp() && random.nextInt(3) > 0;
            case 8 -> fence(broker);
            case 9, 10, 11 -> write();
            case 12, 13 -> propose();
            case 14 -> deliver();
            case 15 ->
                decide(core.alterReassignments(image, admin.reassignment(image)).records());
            case 16 -> alterConfig();
            case 17 -> lose(broker);
            case 18 -> decide(task());
            default -> rare(broker);
        }
    }

    private List<MetadataRecord> task() {
        return switch (random.nextInt(4)) {
            case 0 -> core.preferredLeaders(image, 2);
            case 1 -> core.leaderless(image);
            case 2 -> core.healInternalTopics(image, VOTERS);
            default -> core.electLeaders(image, admin.election(image)).records();
        };
    }

    private void rare(SimBroker broker) {
        switch (random.nextInt(4)) {
            case 0 -> decide(core.deleteTopics(image, admin.deletion(image)).records());
            case 1 ->
                decideWhole(core.createPartitions(image, admin.growth(image)).records());
            case 2 -> begin();
            default -> {
                boolean away =
                        image.broker(broker.id).filter(BrokerImage::fenced).isPresent() && !broker.running;
                if (away && random.nextInt(4) == 0) {
                    decide(core.unregisterBroker(image, broker.id).records());
                }
            }
        }
    }

    // ---- brokers

    private void start(SimBroker broker) {
        if (!broker.running) {
            broker.running = true;
            broker.incarnation++;
            broker.epoch = -1;
            broker.stopping = false;
            if (broker.cleanEpoch < 0) {
                logs.crash(broker.id, random);
                broker.dirty = true;
            }
        }
        if (broker.epoch < 0) {
            BrokerRegistrationRequestData request = admin.registration(broker);
            if (mistake == ControllerMistake.UNCLEAN_RESTART_TAKEN_FOR_CLEAN) {
                image.broker(broker.id).ifPresent(old -> request.setPreviousBrokerEpoch(old.epoch()));
            }
            var result = core.registerBroker(image, request, nextOffset, random.nextBoolean());
            if (result.response().errorCode() == Errors.NONE.code() && decide(result.records())) {
                broker.epoch = result.response().brokerEpoch();
                broker.dirty = false;
                broker.cleanEpoch = -1;
                leadsNothingFrom.remove(broker.id);
            }
        }
    }

    private void end(SimBroker broker) {
        if (random.nextInt(3) == 0) {
            broker.running = false;
            broker.epoch = -1;
        }
    }

    private void fence(SimBroker broker) {
        BrokerImage known = image.broker(broker.id).orElse(null);
        if (known == null || known.fenced() || (broker.isUp() && random.nextInt(3) > 0)) {
            return;
        }
        ClusterImage before = image;
        List<MetadataRecord> records =
                core.fenceBroker(image, broker.id, known.epoch()).records();
        decide(
                mistake == ControllerMistake.FENCED_BROKER_LEADS_ON
                        ? List.of(records.get(records.size() - 1))
                        : records);
        if (elr) {
            checkThatNobodyIsForgotten(before);
        }
    }

    private void checkThatNobodyIsForgotten(ClusterImage before) {
        for (TopicImage topic : before.topics().byId().values()) {
            topic.partitions().forEach((id, old) -> {
                PartitionImage now = image.topics().partition(topic.id(), id).orElseThrow();
                int minIsr = Math.min(
                        rules.minInsyncReplicas(image, topic.name()),
                        old.replicas().size());
                int had = old.isr().size() + old.elr().size();
                boolean unclean = now.recovering() && now.leaderEpoch() > old.leaderEpoch();
                ControllerOracle.require(
                        unclean || now.isr().size() + now.elr().size() >= Math.min(had, minIsr),
                        "a fence leaves enough who have all",
                        topic.name() + "-" + id + " " + old + " -> " + now);
            });
        }
    }

    private void beat(SimBroker broker) {
        if (broker.isUp() && random.nextInt(4) > 0) {
            if (random.nextBoolean()) {
                broker.read = nextOffset - 1;
            }
            boolean lied = mistake == ControllerMistake.LET_GO_TOO_EARLY;
            var result = core.heartbeat(
                    image,
                    new BrokerHeartbeatRequestData()
                            .setBrokerId(broker.id)
                            .setBrokerEpoch(broker.epoch)
                            .setCurrentMetadataOffset(lied ? nextOffset : broker.read)
                            .setWantShutDown(broker.stopping),
                    sessions,
                    nowMs);
            boolean wasFenced = image.broker(broker.id).map(BrokerImage::fenced).orElse(true);
            boolean whole = decide(result.records());
            if (result.response().errorCode() == Errors.STALE_BROKER_EPOCH.code()) {
                broker.epoch = -1;
            } else if (whole && result.response().shouldShutDown()) {
                if (!wasFenced) {
                    checkThatAllKnow(broker);
                }
                broker.running = false;
                broker.cleanEpoch = broker.epoch;
                broker.epoch = -1;
            }
        }
    }

    private void checkThatAllKnow(SimBroker stopped) {
        long from = leadsNothingFrom.getOrDefault(stopped.id, Long.MAX_VALUE);
        for (SimBroker other : brokers.values()) {
            boolean waitedFor = other.id != stopped.id
                    && other.isUp()
                    && image.isActive(other.id)
                    && sessions.isAlive(other.id, other.epoch, nowMs);
            ControllerOracle.require(
                    !waitedFor || other.read >= from,
                    "broker " + other.id + " has read that " + stopped.id + " leads nothing",
                    other.read + " < " + from);
        }
    }

    // ---- leaders

    private void write() {
        admin.anyPartition(image).ifPresent(key -> {
            PartitionImage partition = partition(key);
            SimBroker leader = brokers.get(Math.max(1, partition.leader()));
            if (partition.hasLeader() && leader.isUp() && image.isActive(leader.id)) {
                Log log = logs.of(key);
                log.has.merge(leader.id, random.nextInt(4), Integer::sum);
                for (int follower : partition.replicas()) {
                    boolean fetches = brokers.get(follower).isUp() && !log.lost.contains(follower);
                    if (fetches && random.nextInt(3) > 0) {
                        log.has.put(follower, log.of(leader.id));
                    }
                }
                String topic = image.topic(key.topicId()).orElseThrow().name();
                logs.commit(key, partition, joining(key, partition), rules.minInsyncReplicas(image, topic));
            }
        });
    }

    /** Who is in a proposal that may still be taken. */
    private Set<Integer> joining(Key key, PartitionImage partition) {
        Set<Integer> joining = new HashSet<>();
        for (AlterPartitionRequestData proposal : proposals) {
            AlterPartitionRequestData.TopicData topic = proposal.topics().get(0);
            AlterPartitionRequestData.PartitionData wanted = topic.partitions().get(0);
            boolean same = topic.topicId().equals(key.topicId()) && wanted.partitionIndex() == key.partition();
            if (same && wanted.leaderEpoch() == partition.leaderEpoch()) {
                wanted.newIsrWithEpochs().forEach(member -> joining.add(member.brokerId()));
            }
        }
        return joining;
    }

    private void propose() {
        admin.anyPartition(image).ifPresent(key -> {
            PartitionImage partition = partition(key);
            SimBroker leader = brokers.get(Math.max(1, partition.leader()));
            if (!partition.hasLeader() || !leader.isUp()) {
                return;
            }
            Log log = logs.of(key);
            List<BrokerState> isr = new ArrayList<>();
            for (int replica : partition.replicas()) {
                SimBroker broker = brokers.get(replica);
                boolean inSync = log.of(replica) >= Math.max(log.committed, log.epochStart)
                        && !log.lost.contains(replica)
                        && broker.isUp();
                boolean stays = partition.isr().contains(replica) || random.nextInt(3) > 0;
                if (replica == leader.id || (inSync && stays && random.nextInt(6) > 0)) {
                    isr.add(new BrokerState().setBrokerId(replica).setBrokerEpoch(epochOf(broker)));
                }
            }
            proposals.add(admin.proposal(leader, key, partition, isr));
            if (random.nextInt(3) > 0) {
                deliver();
            }
        });
    }

    private long epochOf(SimBroker broker) {
        return mistake == ControllerMistake.BROKER_EPOCH_NOT_CHECKED ? -1 : broker.epoch;
    }

    /** Late, or a second time. */
    private void deliver() {
        if (!proposals.isEmpty()) {
            AlterPartitionRequestData proposal = proposals.get(random.nextInt(proposals.size()));
            if (random.nextInt(4) > 0) {
                proposals.remove(proposal);
            }
            List<MetadataRecord> records = core.alterPartition(image, proposal).records();
            decide(
                    mistake == ControllerMistake.ELR_KEPT_WITH_A_FULL_ISR
                            ? records.stream().map(this::withoutElr).toList()
                            : records);
        }
    }

    private void lose(SimBroker broker) {
        if (!broker.isUp()) {
            return;
        }
        admin.anyReplica(image, broker.id).ifPresent(key -> {
            Log log = logs.of(key);
            boolean found = log.lost.remove(broker.id);
            if (!found) {
                log.lost.add(broker.id);
                log.has.put(broker.id, random.nextInt(log.of(broker.id) + 1));
            }
            Uuid where = found ? TestCluster.dir(broker.id) : DirectoryId.LOST;
            List<MetadataRecord> records = core.assignReplicasToDirs(image, admin.placement(broker, where, key))
                    .records();
            boolean keeps = mistake == ControllerMistake.LOST_LOG_STAYS_ELIGIBLE && !found;
            if (!decide(keeps ? eligible(records, broker.id, key) : records)) {
                log.lost.remove(broker.id);
            }
        });
    }

    private void alterConfig() {
        List<MetadataRecord> records =
                core.incrementalAlterConfigs(image, admin.setting(image)).records();
        decide(
                mistake == ControllerMistake.MIN_ISR_ALTERED_WITHOUT_CONSEQUENCES
                        ? records.stream()
                                .filter(record -> !(record instanceof PartitionChangeRecord))
                                .toList()
                        : records);
    }

    // ---- decisions

    /** Another broker is the active controller from now on. */
    private void begin() {
        sessions.begin(image, nowMs);
        if (mistake != ControllerMistake.TERM_BEGINS_WITHOUT_A_LOOK) {
            core.begin(image).forEach(this::apply);
        }
        settled();
    }

    /** True if all of it was decided, not only a part before the controller ended. */
    private boolean decide(List<MetadataRecord> records) {
        int until = records.size() > 1 && random.nextInt(30) == 0 ? random.nextInt(records.size()) : records.size();
        records.subList(0, until).forEach(this::apply);
        if (until < records.size()) {
            begin();
        } else {
            settled();
        }
        return until == records.size();
    }

    /** What clients ask for is bounded, so that it is one batch. */
    private void decideWhole(List<MetadataRecord> records) {
        records.forEach(this::apply);
        settled();
    }

    private void settled() {
        image = image.at(new LogPosition(nextOffset - 1, 1));
        logs.follow(image);
        for (SimBroker broker : brokers.values()) {
            boolean leads = image.topics().byId().values().stream()
                    .flatMap(topic -> topic.partitions().values().stream())
                    .anyMatch(partition -> partition.leader() == broker.id);
            if (leads) {
                leadsNothingFrom.remove(broker.id);
            } else {
                leadsNothingFrom.putIfAbsent(broker.id, nextOffset - 1);
            }
        }
        oracle.checkLiveness(image);
    }

    private void apply(MetadataRecord decided) {
        MetadataRecord record = mistake == ControllerMistake.LEAVING_THE_ISR_FORGETS ? forgetful(decided) : decided;
        ClusterImage before = image;
        nextOffset++;
        if (!(record instanceof PartitionChangeRecord change)) {
            image = image.apply(record);
            return;
        }
        Key key = new Key(change.topicId(), change.partitionId());
        PartitionImage was = partition(key);
        PartitionImage now = was.with(change);
        boolean raised =
                mistake != ControllerMistake.EPOCH_NOT_RAISED || change.leader().isEmpty();
        image = image.apply(raised ? change : SimAdmin.inEpoch(key, now, was.leaderEpoch()));
        oracle.checkStep(was, partition(key));
        if (now.hasLeader() && now.leader() != was.leader()) {
            boolean unclean = !Elections.in(before, List.of(change)).unclean().isEmpty();
            boolean complete = logs.of(key).of(now.leader()) >= logs.of(key).committed;
            ControllerOracle.require(
                    !elr || unclean || complete || brokers.get(now.leader()).dirty,
                    "a leader has all that is committed",
                    was + " -> " + now + " " + logs.of(key).has);
            logs.led(key, now.leader(), unclean);
        }
    }

    private MetadataRecord forgetful(MetadataRecord record) {
        return record instanceof PartitionChangeRecord change && change.elr().isPresent()
                ? change.withElr(List.of())
                : record;
    }

    private MetadataRecord withoutElr(MetadataRecord record) {
        return record instanceof PartitionChangeRecord change
                ? new PartitionChangeRecord(
                        change.topicId(),
                        change.partitionId(),
                        change.isr(),
                        change.leader(),
                        change.replicas(),
                        change.removing(),
                        change.adding(),
                        change.recovering(),
                        change.directories(),
                        Optional.empty(),
                        change.lastKnownElr())
                : record;
    }

    private List<MetadataRecord> eligible(List<MetadataRecord> records, int broker, Key key) {
        Set<Integer> all = new TreeSet<>(partition(key).elr());
        all.add(broker);
        return records.stream()
                .<MetadataRecord>map(record -> ((PartitionChangeRecord) record).withElr(List.copyOf(all)))
                .toList();
    }

    private PartitionImage partition(Key key) {
        return image.topics().partition(key.topicId(), key.partition()).orElseThrow();
    }
}
