/** Rows that measure three brokers as one cluster; only one cluster runs at a time. */
@NullMarked
package dev.weir.bench.cluster;

import org.jspecify.annotations.NullMarked;
