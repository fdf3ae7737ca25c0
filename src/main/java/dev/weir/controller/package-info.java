/**
 * The metadata log and the decisions recorded in it: topics, partitions, configurations, leaders. Its state is owned by
 * the controller verticle; only replayed records change it.
 */
@NullMarked
package dev.weir.controller;

import org.jspecify.annotations.NullMarked;
