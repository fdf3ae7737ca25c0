/**
 * Server-side assignors of the consumer protocol (KIP-848): members and topics in, a target assignment out. Pure functions.
 */
@NullMarked
package dev.weir.group.assignor;

import org.jspecify.annotations.NullMarked;
