/** A client cheap enough not to hide the broker: pre-built request frames over plain blocking sockets. */
@NullMarked
package dev.weir.bench.raw;

import org.jspecify.annotations.NullMarked;
