package dev.weir.partition.logdirs;

import java.nio.file.Path;

/**
 * A log directory that could not be used at start. Immutable.
 *
 * @param path where it is to be
 * @param why what the disk said
 */
public record FailedLogDir(Path path, String why) {}
