# Included by the Makefile: the benchmark. Needs target/weir.jar and Kafka's jars in target/kafka.

ROWS ?= *
SCALE ?= 1
ROUNDS ?= 3
MINUTES ?= 38
VERSUS ?= weir

BENCH_JAVA := java -Xms1g -Xmx1g -XX:+UseG1GC -cp 'target/bench/build/classes:target/bench/lib/*' dev.weir.bench.Bench

.PHONY: bench bench-rows bench-classes

bench-classes:
	@mvn -q -B -f src/bench/pom.xml compile

bench-rows: bench-classes ## list the rows of the benchmark
	@$(BENCH_JAVA) --list
