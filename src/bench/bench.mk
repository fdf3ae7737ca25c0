# Included by the Makefile: the benchmark, and the micro-benchmarks of the inner loops.

ROWS ?= *
SCALE ?= 1
ROUNDS ?= 3
MINUTES ?= 38
VERSUS ?= weir

BENCH_JAVA := java -Xms1g -Xmx1g -XX:+UseG1GC -cp 'target/bench/build/classes:target/bench/lib/*' dev.weir.bench.Bench

.PHONY: bench
bench: $(CLASSES) $(KAFKA_STAMP) bench-classes ## measure Weir and Apache Kafka side by side; ROWS='produce-*' SCALE=0.2 for less
	@$(BENCH_JAVA) --rows='$(ROWS)' --scale=$(SCALE) --rounds=$(ROUNDS) --minutes=$(MINUTES) --versus=$(VERSUS)

.PHONY: bench-rows
bench-rows: bench-classes ## list the rows of the benchmark
	@$(BENCH_JAVA) --list

.PHONY: bench-classes
bench-classes:
	@$(MVN) $(TERSE) -f src/bench/pom.xml compile

# Chosen by class name, for example BENCHMARKS=OffsetIndex; other options of JMH go into JMH_ARGS.
BENCHMARKS ?= .*
JMH_ARGS ?=

.PHONY: jmh-classes
jmh-classes: $(JAR)
	@$(MVN) $(TERSE) -f src/bench/jmh/pom.xml spotless:check compile

.PHONY: jmh
jmh: jmh-classes ## run the micro-benchmarks of the inner loops; BENCHMARKS=OffsetIndex for one of them
	@java -cp 'target/bench/jmh/classes:target/bench/jmh-lib/*:$(JAR)' org.openjdk.jmh.Main '$(BENCHMARKS)' $(JMH_ARGS)
