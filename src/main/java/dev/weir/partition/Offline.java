package dev.weir.partition;

import org.apache.kafka.common.TopicPartition;

/**
 * A partition of this broker whose log cannot be used now.
 *
 * @param name its name
 * @param home the directory that holds it, or is to hold it
 * @param logStartOffset the last known log start, -1 where none is known
 * @param sinceMs when it went offline
 * @param blocked whether only another topic's directory of the same name is in the way
 */
record Offline(TopicPartition name, LogHome home, long logStartOffset, long sinceMs, boolean blocked) {}
