/** Brokers as processes: how each is configured, started, watched through {@code /proc}, held and stopped. */
@NullMarked
package dev.weir.bench.broker;

import org.jspecify.annotations.NullMarked;
