/**
 * What every broker serves over HTTP: health and metrics. Its state is owned by the gateway verticle; it asks the rest of the
 * broker through the feature clients.
 */
@NullMarked
package dev.weir.gateway;

import org.jspecify.annotations.NullMarked;
