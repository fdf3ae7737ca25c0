package dev.weir.partition.logdirs;

import java.nio.file.Path;

/**
 * A log directory that could not be used at start, or that was empty in the place of one that is missing. Immutable.
 *
 * @param path where it is to be
 * @param why the disk's error, or what was found
 */
public record FailedLogDir(Path path, String why) {}
