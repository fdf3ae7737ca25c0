package dev.weir.partition;

import dev.weir.partition.logdirs.LogHome;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition of this broker whose log cannot be used now.
 *
 * @param name its name
 * @param home the directory that holds it, or is to hold it
 * @param known what is known of its log
 * @param exists whether there was a log, which must not be made anew where it is missing
 * @param sinceMs when it went offline
 * @param blocked whether only another topic's directory of the same name is in the way
 */
record Offline(TopicPartition name, LogHome home, KnownOffsets known, boolean exists, long sinceMs, boolean blocked) {}
