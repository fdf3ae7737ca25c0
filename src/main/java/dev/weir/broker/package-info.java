/** Wiring of one broker process: start and shutdown order. Uses every other package; nobody uses it. */
@NullMarked
package dev.weir.broker;

import org.jspecify.annotations.NullMarked;
