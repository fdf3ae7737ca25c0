/**
 * Every setting, declared once: name, type, default, bounds and documentation. Names are Kafka's own wherever Kafka has
 * one. Values are immutable after parsing. Uses no other package of Weir.
 */
@NullMarked
package dev.weir.config;

import org.jspecify.annotations.NullMarked;
