/**
 * The immutable {@code ClusterImage} and how the metadata records change it. An update costs in proportion to the change,
 * not to the cluster. Holds no mutable state of its own.
 */
@NullMarked
package dev.weir.metadata;

import org.jspecify.annotations.NullMarked;
