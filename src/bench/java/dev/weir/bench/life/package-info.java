/** Rows about a broker's life: start, memory, many partitions, idling. */
@NullMarked
package dev.weir.bench.life;

import org.jspecify.annotations.NullMarked;
