/**
 * What a log knows of its producers: the last batches of each producer id, open and aborted transactions, and the snapshot
 * file that keeps them. The state belongs to one log and is touched on that log's thread only.
 */
@NullMarked
package dev.weir.storage.producer;

import org.jspecify.annotations.NullMarked;
