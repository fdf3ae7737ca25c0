package dev.weir.config;

/** The declarations of all broker settings, area by area. */
final class BrokerSettings {
    static final Declarations ALL = declareAll();

    private BrokerSettings() {}

    private static Declarations declareAll() {
        Declarations all = new Declarations();
        NodeSettings.declare(all);
        ListenerSettings.declare(all);
        NetworkSettings.declare(all);
        HttpSettings.declare(all);
        DataSettings.declare(all);
        TopicCreationSettings.declare(all);
        all.area("Topic defaults");
        TopicDeclarations.ALL.forEach(setting -> setting.declareSynonyms(all));
        MaintenanceSettings.declare(all);
        CleanerSettings.declare(all);
        FetchSettings.declare(all);
        ProducerSettings.declare(all);
        OffsetsSettings.declare(all);
        ClassicGroupSettings.declare(all);
        ConsumerGroupSettings.declare(all);
        MetadataLogSettings.declare(all);
        QuorumConfig.declare(all);
        LifecycleSettings.declare(all);
        LeaderSettings.declare(all);
        MembershipSettings.declare(all);
        ReplicaFetchSettings.declare(all);
        InSyncSettings.declare(all);
        return all;
    }
}
