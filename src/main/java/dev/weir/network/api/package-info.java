/**
 * One file per Kafka API: which versions it serves and what it does. Handlers are created for each network verticle and run
 * on its event loop; they ask the feature clients and keep no state but what belongs to their verticle.
 */
@NullMarked
package dev.weir.network.api;

import org.jspecify.annotations.NullMarked;
