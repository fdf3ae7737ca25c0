/**
 * The files under a log: a small file port with a real and an in-memory twin, open files that are closed and opened again
 * behind their users' backs, throttled copying, and text files that are replaced as a whole. Holds no knowledge of records.
 */
@NullMarked
package dev.weir.storage.file;

import org.jspecify.annotations.NullMarked;
