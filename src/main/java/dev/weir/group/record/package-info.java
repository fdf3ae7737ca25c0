/**
 * The records of the group log: immutable values and their encoding in Kafka's schemas. Holds no state.
 */
@NullMarked
package dev.weir.group.record;

import org.jspecify.annotations.NullMarked;
