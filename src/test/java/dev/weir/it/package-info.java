/** Integration tests: the built jar as a process of its own, with real clients and tools as the peers. */
@NullMarked
package dev.weir.it;

import org.jspecify.annotations.NullMarked;
