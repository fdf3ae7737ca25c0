package dev.weir.config;

import java.util.Set;
import java.util.TreeSet;

/**
 * The broker settings of Apache Kafka 4.3 that have no effect here. Files and tools name them, and the names are taken, so that
 * they need not be changed; a warning says that nothing comes of it.
 */
final class KafkaBrokerSettings {
    /** Those that Kafka alters while it runs. */
    private static final Set<String> LIVE = names("""
            background.threads config.providers cordoned.log.dirs follower.fetch.last.tiered.offset.enable
            group.coordinator.cached.buffer.max.bytes group.share.assignment.interval.ms
            group.streams.assignment.interval.ms max.connection.creation.rate max.connections.per.ip.overrides
            metric.reporters num.io.threads num.network.threads num.recovery.threads.per.data.dir
            num.replica.fetchers principal.builder.class remote.fetch.max.wait.ms
            remote.list.offsets.request.timeout.ms remote.log.index.file.cache.total.size.bytes
            remote.log.manager.copier.thread.pool.size remote.log.manager.copy.max.bytes.per.second
            remote.log.manager.expiration.thread.pool.size remote.log.manager.fetch.max.bytes.per.second
            remote.log.manager.follower.thread.pool.size remote.log.reader.threads sasl.enabled.mechanisms
            sasl.jaas.config sasl.kerberos.kinit.cmd sasl.kerberos.min.time.before.relogin
            sasl.kerberos.principal.to.local.rules sasl.kerberos.service.name sasl.kerberos.ticket.renew.jitter
            sasl.kerberos.ticket.renew.window.factor sasl.login.refresh.buffer.seconds
            sasl.login.refresh.min.period.seconds sasl.login.refresh.window.factor
            sasl.login.refresh.window.jitter sasl.mechanism.inter.broker.protocol
            share.coordinator.cached.buffer.max.bytes ssl.cipher.suites ssl.client.auth ssl.enabled.protocols
            ssl.endpoint.identification.algorithm ssl.engine.factory.class ssl.key.password
            ssl.keymanager.algorithm ssl.keystore.certificate.chain ssl.keystore.key ssl.keystore.location
            ssl.keystore.password ssl.keystore.type ssl.protocol ssl.provider ssl.secure.random.implementation
            ssl.trustmanager.algorithm ssl.truststore.certificates ssl.truststore.location
            ssl.truststore.password ssl.truststore.type transaction.partition.verification.enable
            """);

    private static final Set<String> FIXED = names("""
            add.partitions.to.txn.retry.backoff.max.ms add.partitions.to.txn.retry.backoff.ms
            alter.config.policy.class.name alter.log.dirs.replication.quota.window.num
            alter.log.dirs.replication.quota.window.size.seconds authorizer.class.name
            broker.id
            client.quota.callback.class connection.failed.authentication.delay.ms connections.max.reauth.ms
            controlled.shutdown.enable controller.performance.always.log.threshold.ms
            controller.performance.sample.period.ms controller.quorum.append.linger.ms
            controller.quorum.auto.join.enable
            controller.quorum.fetch.max.bytes controller.quorum.fetch.snapshot.max.bytes
            controller.quota.window.num
            controller.quota.window.size.seconds controller.socket.timeout.ms create.topic.policy.class.name
            delegation.token.expiry.check.interval.ms delegation.token.expiry.time.ms
            delegation.token.max.lifetime.ms delegation.token.secret.key
            delete.records.purgatory.purge.interval.requests early.start.listeners
            fetch.purgatory.purge.interval.requests group.coordinator.append.linger.ms
            group.coordinator.background.threads group.coordinator.threads group.share.assignors
            group.share.delivery.count.limit group.share.heartbeat.interval.ms
            group.share.initialize.retry.interval.ms group.share.max.assignment.interval.ms
            group.share.max.delivery.count.limit group.share.max.heartbeat.interval.ms
            group.share.max.partition.max.record.locks group.share.max.record.lock.duration.ms
            group.share.max.session.timeout.ms group.share.max.share.sessions group.share.max.size
            group.share.min.assignment.interval.ms group.share.min.delivery.count.limit
            group.share.min.heartbeat.interval.ms group.share.min.partition.max.record.locks
            group.share.min.record.lock.duration.ms group.share.min.session.timeout.ms
            group.share.partition.max.record.locks group.share.persister.class.name
            group.share.record.lock.duration.ms group.share.session.timeout.ms
            group.streams.heartbeat.interval.ms group.streams.initial.rebalance.delay.ms
            group.streams.max.assignment.interval.ms group.streams.max.heartbeat.interval.ms
            group.streams.max.session.timeout.ms group.streams.max.size group.streams.max.standby.replicas
            group.streams.min.assignment.interval.ms group.streams.min.heartbeat.interval.ms
            group.streams.min.session.timeout.ms group.streams.num.standby.replicas
            group.streams.session.timeout.ms
            internal.metadata.delete.delay.millis internal.metadata.log.segment.bytes
            internal.metadata.max.batch.size.in.bytes kafka.metrics.polling.interval.secs
            kafka.metrics.reporters log.dir.failure.timeout.ms
            log.initial.task.delay.ms metadata.log.segment.ms metadata.max.idle.interval.ms
            metadata.max.retention.bytes metadata.max.retention.ms metrics.num.samples metrics.recording.level
            metrics.sample.window.ms num.replica.alter.log.dirs.threads process.roles
            producer.purgatory.purge.interval.requests queued.max.requests quota.window.num
            quota.window.size.seconds remote.log.index.file.cache.ttl.ms
            remote.log.manager.copy.quota.window.num remote.log.manager.copy.quota.window.size.seconds
            remote.log.manager.fetch.quota.window.num remote.log.manager.fetch.quota.window.size.seconds
            remote.log.manager.task.interval.ms remote.log.manager.task.retry.backoff.max.ms
            remote.log.manager.task.retry.backoff.ms remote.log.manager.task.retry.jitter
            remote.log.manager.thread.pool.size remote.log.metadata.custom.metadata.max.bytes
            remote.log.metadata.manager.class.name remote.log.metadata.manager.class.path
            remote.log.metadata.manager.impl.prefix remote.log.metadata.manager.listener.name
            remote.log.reader.max.pending.tasks remote.log.storage.manager.class.name
            remote.log.storage.manager.class.path remote.log.storage.manager.impl.prefix
            remote.log.storage.system.enable
            replica.selector.class replica.socket.receive.buffer.bytes
            replication.quota.window.num replication.quota.window.size.seconds
            request.timeout.ms sasl.client.callback.handler.class sasl.login.callback.handler.class
            sasl.login.class sasl.login.connect.timeout.ms sasl.login.read.timeout.ms
            sasl.login.retry.backoff.max.ms sasl.login.retry.backoff.ms sasl.mechanism.controller.protocol
            sasl.oauthbearer.assertion.algorithm sasl.oauthbearer.assertion.claim.aud
            sasl.oauthbearer.assertion.claim.exp.seconds sasl.oauthbearer.assertion.claim.iss
            sasl.oauthbearer.assertion.claim.jti.include sasl.oauthbearer.assertion.claim.nbf.seconds
            sasl.oauthbearer.assertion.claim.sub sasl.oauthbearer.assertion.file
            sasl.oauthbearer.assertion.private.key.file sasl.oauthbearer.assertion.private.key.passphrase
            sasl.oauthbearer.assertion.template.file sasl.oauthbearer.client.credentials.client.id
            sasl.oauthbearer.client.credentials.client.secret sasl.oauthbearer.clock.skew.seconds
            sasl.oauthbearer.expected.audience sasl.oauthbearer.expected.issuer
            sasl.oauthbearer.jwks.endpoint.refresh.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms
            sasl.oauthbearer.jwks.endpoint.retry.backoff.ms sasl.oauthbearer.jwks.endpoint.url
            sasl.oauthbearer.jwt.retriever.class sasl.oauthbearer.jwt.validator.class sasl.oauthbearer.scope
            sasl.oauthbearer.scope.claim.name sasl.oauthbearer.sub.claim.name
            sasl.oauthbearer.token.endpoint.url sasl.server.callback.handler.class sasl.server.max.receive.size
            security.inter.broker.protocol security.providers server.max.startup.time.ms
            share.coordinator.append.linger.ms share.coordinator.cold.partition.snapshot.interval.ms
            share.coordinator.load.buffer.size share.coordinator.snapshot.update.records.per.snapshot
            share.coordinator.state.topic.compression.codec share.coordinator.state.topic.min.isr
            share.coordinator.state.topic.num.partitions share.coordinator.state.topic.prune.interval.ms
            share.coordinator.state.topic.replication.factor share.coordinator.state.topic.segment.bytes
            share.coordinator.threads share.coordinator.write.timeout.ms
            share.fetch.purgatory.purge.interval.requests socket.connection.setup.timeout.max.ms
            socket.connection.setup.timeout.ms ssl.allow.dn.changes ssl.allow.san.changes
            ssl.principal.mapping.rules telemetry.max.bytes
            transaction.abort.timed.out.transaction.cleanup.interval.ms transaction.max.timeout.ms
            transaction.remove.expired.transaction.cleanup.interval.ms transaction.state.log.load.buffer.size
            transaction.state.log.min.isr transaction.state.log.num.partitions
            transaction.state.log.replication.factor transaction.state.log.segment.bytes
            transaction.two.phase.commit.enable transactional.id.expiration.ms
            unstable.api.versions.enable unstable.feature.versions.enable
            """);

    /** Those whose value is nobody's business. */
    private static final Set<String> SECRET = names("""
            delegation.token.secret.key sasl.jaas.config sasl.oauthbearer.assertion.private.key.passphrase
            sasl.oauthbearer.client.credentials.client.secret ssl.key.password ssl.keystore.certificate.chain
            ssl.keystore.key ssl.keystore.password ssl.truststore.certificates ssl.truststore.password
            """);

    private static final Set<String> ALL = new TreeSet<>(LIVE);

    static {
        ALL.addAll(FIXED);
    }

    private KafkaBrokerSettings() {}

    static Set<String> all() {
        return ALL;
    }

    static boolean isLive(String name) {
        return LIVE.contains(name);
    }

    static boolean isSecret(String name) {
        return SECRET.contains(name);
    }

    private static Set<String> names(String text) {
        return Set.of(text.strip().split("\\s+"));
    }
}
