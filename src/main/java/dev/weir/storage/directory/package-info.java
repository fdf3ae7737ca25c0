/**
 * Log directories: identity, lock, health and checkpoint files of a directory, and the names and marks of the partition
 * directories in it. Owned by the verticle of the log directories, apart from the health flag that shards share.
 */
@NullMarked
package dev.weir.storage.directory;

import org.jspecify.annotations.NullMarked;
