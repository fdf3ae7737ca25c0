package dev.weir.bench.broker;

/**
 * Processor time that a process has used since its start, or between two such readings.
 *
 * @param totalSeconds user and system time of all its threads
 * @param jitSeconds the part that its JIT compiler threads took
 */
public record CpuTimes(double totalSeconds, double jitSeconds) {

    public CpuTimes since(CpuTimes earlier) {
        return new CpuTimes(totalSeconds - earlier.totalSeconds, jitSeconds - earlier.jitSeconds);
    }

    /** The time without the compilers. */
    public double workSeconds() {
        return totalSeconds - jitSeconds;
    }
}
