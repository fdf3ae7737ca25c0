package dev.weir.broker;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns once of each setting that was altered for this broker and has no effect here. Used on one event loop. */
final class NoEffectWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(NoEffectWarnings.class);

    private final int brokerId;
    private Set<String> told = new HashSet<>();

    NoEffectWarnings(int brokerId) {
        this.brokerId = brokerId;
    }

    void look(ClusterImage image) {
        Set<String> now = new HashSet<>();
        Stream.of(image.configs().ofAllBrokers(), image.configs().ofBroker(brokerId))
                .flatMap(settings -> settings.keySet().stream())
                .filter(name -> !BrokerConfig.isLive(name))
                .forEach(now::add);
        now.stream()
                .filter(name -> !told.contains(name))
                .sorted()
                .forEach(name -> LOG.warn(
                        "The setting {} was altered; it is kept, and has no effect while this broker runs", name));
        told = now;
    }
}
