package dev.weir.group;

import dev.weir.bus.EarliestTimer;
import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.GroupConfig;
import dev.weir.config.GroupSettings;
import dev.weir.config.LogConfig;
import dev.weir.config.TopicSettings;
import dev.weir.coordinator.CoordinatorLog;
import dev.weir.coordinator.CoordinatorLogAdapter;
import dev.weir.group.classic.ClassicGroups;
import dev.weir.group.consumer.ConsumerGroupCore;
import dev.weir.group.consumer.ConsumerGroupRules;
import dev.weir.group.core.GroupCall;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ConfigsImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * Coordinates the groups of those {@code __consumer_offsets} partitions that fall to its shard and that this broker leads. It
 * follows the metadata: a partition gained is loaded, one lost is let go. One timer serves all that its groups wait for.
 */
public final class GroupCoordinatorVerticle extends VerticleBase {
    private static final int MAX_BATCH_BYTES = 512 * 1024;

    private final LocalBus bus;
    private final PartitionClient partitions;
    private final BrokerConfig config;
    private final CoordinatorOptions options;
    private final ImageTopicView topics;
    private final GroupTimers timers = new GroupTimers(this::armTimer);
    private final EarliestTimer timer =
            new EarliestTimer(GroupCoordinatorVerticle::steadyMs, timers::nextMs, this::fireTimers);
    private final GroupCounters counters = new GroupCounters();
    private final Map<Integer, PartitionCoordinator> coordinators = new TreeMap<>();
    private ConsumerGroupRules consumerGroups;
    private Map<String, GroupConfig> ownConfigs = Map.of();
    private int maxBatchBytes = MAX_BATCH_BYTES;
    private @Nullable Uuid logId;

    /**
     * One of {@code partitions.shards()} coordinators.
     *
     * @param shard which one, from 0
     */
    public GroupCoordinatorVerticle(LocalBus bus, PartitionClient partitions, BrokerConfig config, int shard) {
        this.bus = bus;
        this.partitions = partitions;
        this.config = config;
        this.options = CoordinatorOptions.of(config, shard, partitions.shards());
        this.consumerGroups = ConsumerGroupRules.of(config);
        this.topics = new ImageTopicView(ClusterImage.empty(""));
    }

    @Override
    public Future<?> start() {
        bus.serve(GroupMessages.ask(options.shard()), ask -> {
            Promise<ApiMessage> answer = Promise.promise();
            coordinator(ask.partition()).handle(ask.call(), answer::complete);
            return answer.future();
        });
        bus.serve(GroupMessages.list(options.shard()), this::list);
        bus.serve(
                GroupMessages.stats(options.shard()),
                ask -> Future.succeededFuture(
                        new GroupStatsCollector(ask.maxOffsets()).of(coordinators.values(), counters)));
        configure();
        return new ImageClient(bus).follow(topics.image(), this::apply);
    }

    private void apply(ImageChange change) {
        topics.image(change.after());
        follow();
        Set<String> deleted = change.changedTopics().stream()
                .filter(id -> change.after().topic(id).isEmpty())
                .flatMap(id -> change.before().topic(id).map(TopicImage::name).stream())
                .collect(Collectors.toSet());
        Set<String> changed = change.changedTopics().stream()
                .flatMap(id -> change.after().topic(id).map(TopicImage::name).stream())
                .collect(Collectors.toSet());
        changed.addAll(deleted);
        for (PartitionCoordinator coordinator : coordinators.values()) {
            coordinator.onTopicsChanged(changed, deleted);
        }
        if (change.changedConfigs().stream().anyMatch(GroupCoordinatorVerticle::concernsGroups)) {
            configure();
        }
    }

    /** Leads what the metadata gives to this broker, and nothing else. */
    private void follow() {
        Optional<TopicImage> log = topics.image().topic(Topic.GROUP_METADATA_TOPIC_NAME);
        Uuid id = log.map(TopicImage::id).orElse(null);
        if (!Objects.equals(logId, id)) {
            // Also those that were asked for before the group log was known here.
            coordinators.values().forEach(PartitionCoordinator::resign);
            coordinators.clear();
        }
        logId = id;
        log.ifPresent(topic -> topic.partitions().forEach((index, partition) -> follow(topic, index, partition)));
    }

    private void follow(TopicImage log, int index, PartitionImage partition) {
        if (new PartitionKey(log.id(), index).shard(options.shards()) != options.shard()) {
            return;
        }
        if (partition.leader() == options.brokerId()) {
            coordinator(index).lead(partition.leaderEpoch());
        } else {
            coordinator(index).resign(partition.leaderEpoch());
        }
    }

    private PartitionCoordinator coordinator(int partition) {
        return coordinators.computeIfAbsent(partition, this::create);
    }

    private PartitionCoordinator create(int partition) {
        PartitionKey key = new PartitionKey(logId == null ? Uuid.ZERO_UUID : logId, partition);
        CoordinatorLog log =
                new CoordinatorLogAdapter(vertx, partitions, key, options.commitTimeoutMs(), options.loadBytes());
        return new PartitionCoordinator(
                partition,
                log,
                this::newCore,
                timers,
                counters,
                options.compression(),
                () -> maxBatchBytes,
                System::currentTimeMillis,
                GroupCoordinatorVerticle::steadyMs);
    }

    private GroupCoordinatorCore newCore() {
        ClassicGroups classic = new ClassicGroups(options.groups(), GroupCoordinatorVerticle::newId);
        ConsumerGroupCore consumers = ConsumerGroupCore.withMigration(
                consumerGroups, options.groups(), classic, topics, GroupCoordinatorVerticle::newId);
        GroupCoordinatorCore core = new GroupCoordinatorCore(options.groups(), classic, consumers);
        core.onConfig(consumerGroups, ownConfigs);
        return core;
    }

    private static boolean concernsGroups(ConfigResource resource) {
        return resource.type() == ConfigResource.Type.GROUP
                || resource.type() == ConfigResource.Type.BROKER
                || (resource.type() == ConfigResource.Type.TOPIC
                        && resource.name().equals(Topic.GROUP_METADATA_TOPIC_NAME));
    }

    /** Takes over the settings that the metadata alters, for the cores that are there and those to come. */
    private void configure() {
        ConfigsImage altered = topics.image().configs();
        BrokerConfig now = config.withDynamic(altered.ofAllBrokers(), altered.ofBroker(options.brokerId()));
        Map<String, GroupConfig> own = new HashMap<>();
        altered.byResource().forEach((resource, values) -> {
            if (resource.type() == ConfigResource.Type.GROUP) {
                own.put(resource.name(), GroupSettings.toGroupConfig(now, values));
            }
        });
        LogConfig limits = TopicSettings.toLogConfig(now, altered.ofTopic(Topic.GROUP_METADATA_TOPIC_NAME));
        maxBatchBytes = Math.min(MAX_BATCH_BYTES, Math.min(limits.maxMessageBytes(), limits.segmentBytes()));
        consumerGroups = ConsumerGroupRules.of(now);
        ownConfigs = own;
        coordinators.values().forEach(coordinator -> coordinator.configure(consumerGroups, ownConfigs));
    }

    private Future<GroupMessages.Listed> list(GroupCall listing) {
        List<Future<ApiMessage>> answers = new ArrayList<>();
        for (PartitionCoordinator coordinator : coordinators.values()) {
            if (coordinator.leads()) {
                Promise<ApiMessage> answer = Promise.promise();
                coordinator.handle(listing, answer::complete);
                answers.add(answer.future());
            }
        }
        return Future.all(answers).map(all -> GroupMessages.Listed.of(all.list()));
    }

    private void armTimer() {
        timer.arm(vertx);
    }

    private void fireTimers(long nowMs) {
        timers.fire(nowMs, (partition, key) -> coordinator(partition).onTimer(key));
    }

    private static long steadyMs() {
        return System.nanoTime() / 1_000_000;
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
