/** How a run goes: rows in turn, the pair of brokers that they load, the clock, and what is printed meanwhile. */
@NullMarked
package dev.weir.bench.run;

import org.jspecify.annotations.NullMarked;
