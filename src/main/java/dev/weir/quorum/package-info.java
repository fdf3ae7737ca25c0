/** The metadata quorum: who leads, what is committed, and what waits for it. Pure: event in, effects out. */
@NullMarked
package dev.weir.quorum;

import org.jspecify.annotations.NullMarked;
