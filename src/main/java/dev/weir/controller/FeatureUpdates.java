package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.FeatureRange;
import dev.weir.metadata.record.MetadataRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * UpdateFeatures (KIP-584, KIP-778, KIP-1022): raises or lowers the levels of features, all that are asked for or none. A level
 * must be in the range of every registered broker, and every voter must be registered. Stateless.
 */
final class FeatureUpdates {
    private static final String NONE_CHANGED =
            "The update failed for all features since the following feature had an error: ";

    private final List<FeatureRange> own;
    private final ConfigRules rules;

    /** @param own the levels that this controller can run at */
    FeatureUpdates(List<FeatureRange> own, ConfigRules rules) {
        this.own = own;
        this.rules = rules;
    }

    /** @param voters of the metadata quorum */
    ControllerResult<UpdateFeaturesResponseData> update(
            ClusterImage image, UpdateFeaturesRequestData request, Collection<Integer> voters) {
        List<MetadataRecord> records = new ArrayList<>();
        for (FeatureUpdateKey update : request.featureUpdates()) {
            Optional<String> refusal = refusal(image, update, voters).or(() -> missing(image, update, request));
            if (refusal.isPresent()) {
                return ControllerResult.unchanged(new UpdateFeaturesResponseData()
                        .setErrorCode(Errors.INVALID_UPDATE_VERSION.code())
                        .setErrorMessage(NONE_CHANGED + "Invalid update version " + update.maxVersionLevel()
                                + " for feature " + update.feature() + ". " + refusal.get()));
            }
            if (update.maxVersionLevel() != level(image, update)) {
                if (update.feature().equals(ElrRules.FEATURE)) {
                    records.addAll(ElrRules.before(rules, image, update.maxVersionLevel()));
                }
                records.add(new FeatureLevelRecord(update.feature(), update.maxVersionLevel()));
            }
        }
        ControllerResult<UpdateFeaturesResponseData> result =
                new ControllerResult<>(records, new UpdateFeaturesResponseData());
        return request.validateOnly() ? result.withoutRecords() : result;
    }

    private Optional<String> refusal(ClusterImage image, FeatureUpdateKey update, Collection<Integer> voters) {
        UpgradeType type = UpgradeType.fromCode(update.upgradeType());
        short from = level(image, update);
        short to = update.maxVersionLevel();
        if (type == UpgradeType.UNKNOWN) {
            return Optional.of("The controller does not support the given upgrade type.");
        }
        if (to < 0) {
            return Optional.of("A feature version cannot be less than 0.");
        }
        Optional<String> unsupported = unsupported(image, update.feature(), to, voters);
        if (unsupported.isPresent()) {
            return unsupported;
        }
        if (to < from && type == UpgradeType.UPGRADE) {
            return Optional.of("Can't downgrade the version of this feature without setting the upgrade type to either"
                    + " safe or unsafe downgrade.");
        }
        if (to > from && type != UpgradeType.UPGRADE) {
            return Optional.of("Can't downgrade to a newer version.");
        }
        return Feature.named(update.feature()).flatMap(feature -> refusal(feature, from, to, type));
    }

    private static Optional<String> missing(
            ClusterImage image, FeatureUpdateKey update, UpdateFeaturesRequestData request) {
        String metadata = Feature.METADATA_VERSION.featureName();
        FeatureUpdateKey other = request.featureUpdates().find(metadata);
        short level = other == null ? Feature.METADATA_VERSION.level(image.features()) : other.maxVersionLevel();
        return Feature.named(update.feature())
                .map(feature -> feature.neededMetadataVersion(update.maxVersionLevel()))
                .filter(needed -> level < needed)
                .map(needed -> "It depends on " + metadata + " level " + needed + ".");
    }

    private static Optional<String> refusal(Feature feature, short from, short to, UpgradeType type) {
        if (feature == Feature.KRAFT_VERSION && to < from) {
            return Optional.of("Can't downgrade the version of this feature.");
        }
        if (feature == Feature.KRAFT_VERSION && to > from) {
            return Optional.of("The leader raises it by itself, as soon as every voter has been up once.");
        }
        if (to < from && feature.losesRecords(from, to)) {
            return Optional.of(
                    type == UpgradeType.UNSAFE_DOWNGRADE
                            ? "Unsafe metadata downgrade is not supported in this version."
                            : "Refusing to perform the requested downgrade because it might delete metadata information.");
        }
        return Optional.empty();
    }

    private Optional<String> unsupported(ClusterImage image, String feature, short level, Collection<Integer> voters) {
        Optional<String> here = unsupported("The controller", own, feature, level);
        if (here.isPresent()) {
            return here;
        }
        for (BrokerImage broker : image.brokers().values()) {
            Optional<String> there = unsupported("Broker " + broker.id(), broker.features(), feature, level);
            if (there.isPresent()) {
                return there;
            }
        }
        return voters.stream()
                .filter(voter -> image.broker(voter).isEmpty())
                .findFirst()
                .map(voter -> "Voter " + voter + " has not registered, and may not support this feature.");
    }

    private static Optional<String> unsupported(String who, List<FeatureRange> ranges, String feature, short level) {
        FeatureRange range = ranges.stream()
                .filter(one -> one.name().equals(feature))
                .findFirst()
                .orElseGet(() -> FeatureRange.off(feature));
        if (range.contains(level)) {
            return Optional.empty();
        }
        return Optional.of(
                range.max() == 0
                        ? who + " does not support this feature."
                        : who + " only supports versions " + range.min() + " to " + range.max() + ".");
    }

    private static short level(ClusterImage image, FeatureUpdateKey update) {
        return image.features().getOrDefault(update.feature(), (short) 0);
    }
}
