package dev.weir.controller;

import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * A setting as it is in force.
 *
 * @param name of the setting
 * @param value as text; null where it has none or is secret
 * @param source where the value comes from
 * @param readOnly true where it cannot be altered
 * @param sensitive true for a secret
 */
public record EffectiveConfig(
        String name, @Nullable String value, ConfigSource source, boolean readOnly, boolean sensitive) {}
