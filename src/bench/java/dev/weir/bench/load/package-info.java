/** Rows that load both brokers by turns, round after round, once their compilers are quiet. */
@NullMarked
package dev.weir.bench.load;

import org.jspecify.annotations.NullMarked;
