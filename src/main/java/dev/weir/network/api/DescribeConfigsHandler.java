package dev.weir.network.api;

import dev.weir.config.ConfigDescriber;
import dev.weir.config.LoggerLevels;
import io.vertx.core.Future;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** DescribeConfigs: settings with their sources, synonyms and documentation (KIP-133, KIP-226, KIP-569). */
final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequestData> {
    private final BrokerView view;
    private final LoggerLevels loggers;

    DescribeConfigsHandler(BrokerView view, LoggerLevels loggers) {
        this.view = view;
        this.loggers = loggers;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CONFIGS;
    }

    @Override
    public Future<DescribeConfigsResponseData> handle(DescribeConfigsRequestData request, RequestContext context) {
        ConfigDescriber describer = new ConfigDescriber(view.config(), new ImageConfigs(view.image()), loggers);
        return Future.succeededFuture(new DescribeConfigsResponseData().setResults(describer.describe(request)));
    }
}
