package dev.weir.bench.report;

/** One value of a figure, from one round. */
public record Measured(Figure figure, double value) {}
