/** Rows about consumer groups: rebalances, joins, and the replay of committed offsets at a start. */
@NullMarked
package dev.weir.bench.group;

import org.jspecify.annotations.NullMarked;
