/** The benchmark's entry: options, the list of rows, and the session that runs them one after another. */
@NullMarked
package dev.weir.bench;

import org.jspecify.annotations.NullMarked;
