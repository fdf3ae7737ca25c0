package dev.weir.metadata.record;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerEndpointCollection;
import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerFeatureCollection;
import org.jspecify.annotations.Nullable;

/**
 * A broker process has registered; it replaces whatever registration that id had.
 *
 * @param brokerId the broker
 * @param incarnationId of this process; another start of the same broker has another
 * @param brokerEpoch the offset of the first such record of this incarnation
 * @param endpoints where it listens
 * @param features the feature levels it can run at
 * @param rack where it stands; null where unknown
 * @param fenced true while it may not lead
 * @param inControlledShutdown true while it is leaving
 * @param logDirs the ids of its log directories
 */
public record RegisterBrokerRecord(
        int brokerId,
        Uuid incarnationId,
        long brokerEpoch,
        List<Endpoint> endpoints,
        List<FeatureRange> features,
        @Nullable String rack,
        boolean fenced,
        boolean inControlledShutdown,
        List<Uuid> logDirs)
        implements MetadataRecord {
    public RegisterBrokerRecord {
        endpoints = List.copyOf(endpoints);
        features = List.copyOf(features);
        logDirs = List.copyOf(logDirs);
    }

    static RegisterBrokerRecord of(org.apache.kafka.common.metadata.RegisterBrokerRecord generated) {
        return new RegisterBrokerRecord(
                generated.brokerId(),
                generated.incarnationId(),
                generated.brokerEpoch(),
                generated.endPoints().stream().map(Endpoint::of).toList(),
                generated.features().stream().map(FeatureRange::of).toList(),
                generated.rack(),
                generated.fenced(),
                generated.inControlledShutdown(),
                generated.logDirs());
    }

    @Override
    public RecordType type() {
        return RecordType.REGISTER_BROKER;
    }

    @Override
    public org.apache.kafka.common.metadata.RegisterBrokerRecord toGenerated() {
        BrokerEndpointCollection generatedEndpoints = new BrokerEndpointCollection(endpoints.size());
        endpoints.forEach(endpoint -> generatedEndpoints.add(endpoint.toGenerated()));
        BrokerFeatureCollection generatedFeatures = new BrokerFeatureCollection(features.size());
        features.forEach(feature -> generatedFeatures.add(feature.toGenerated()));
        return new org.apache.kafka.common.metadata.RegisterBrokerRecord()
                .setBrokerId(brokerId)
                .setIncarnationId(incarnationId)
                .setBrokerEpoch(brokerEpoch)
                .setEndPoints(generatedEndpoints)
                .setFeatures(generatedFeatures)
                .setRack(rack)
                .setFenced(fenced)
                .setInControlledShutdown(inControlledShutdown)
                .setLogDirs(logDirs);
    }
}
