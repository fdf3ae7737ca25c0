package dev.weir.config;

import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.jspecify.annotations.Nullable;

/**
 * A broker setting that gives the default of a topic's or group's setting, in the broker's unit.
 *
 * @param name the broker setting
 * @param type its type
 * @param defaultValue its default; null if the next synonym decides
 * @param importance how often an operator needs it
 * @param isLive whether it may change while the broker runs
 * @param unitMs what to multiply a value with to reach the unit of the resource's setting
 */
record BrokerSynonym(
        String name, Type type, @Nullable Object defaultValue, Importance importance, boolean isLive, long unitMs) {
    static final long MILLISECOND = 1;
    static final long MINUTE = 60_000;
    static final long HOUR = 3_600_000;

    /** The value in the unit of the resource's setting. */
    Object toResourceValue(Object value) {
        if (unitMs == MILLISECOND) {
            return value;
        }
        long units = ((Number) value).longValue();
        return units < 0 ? units : units * unitMs;
    }
}
