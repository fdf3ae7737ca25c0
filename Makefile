# The commands of the project; `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

MVN := mvn -B -ntp -Dstyle.color=never
# Warnings and errors only; of the schema of the list of parts it is known that it warns.
TERSE := -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.log.com.networknt.schema=error
JAR := target/weir.jar
CLASSES := target/weir.jsa
QUIET_CDS := -Xlog:cds=off -Xlog:cds+dynamic=off
KAFKA := target/kafka
KAFKA_STAMP := $(KAFKA)/.complete
SOURCES := pom.xml LICENSE NOTICE $(shell find src/main -type f)
ARGS ?=

# What is worth a line on the screen while the tests run; target/test.log holds everything.
SUMMARY := ^\[(INFO|WARNING|ERROR)\] (Tests run|BUILD|Results|Total time)|^\[ERROR\]|^\[WARNING\].*\.java:|FAIL

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort \
		| awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: run
run: $(CLASSES) ## start a broker on localhost:9092 and localhost:8080; ARGS="--set node.id=2" passes options
	@exec java -XX:SharedArchiveFile=$(CLASSES) $(QUIET_CDS) -XX:-UsePerfData -jar $(JAR) $(ARGS)

.PHONY: cluster
cluster: $(CLASSES) ## start three brokers as one cluster on localhost:9092 to 9094; Ctrl-C stops them
	@exec conf/cluster.sh

$(JAR): $(SOURCES)
	@echo "building $(JAR)" >&2
	@$(MVN) $(TERSE) package -Dmaven.test.skip=true
	@touch $(JAR)

# The classes of a start, ready to be mapped: a start with them takes half as long. It fits this jar and this java only;
# another java ignores it.
$(CLASSES): $(JAR)
	@echo "archiving the classes of a start in $(CLASSES)" >&2
	@java -XX:ArchiveClassesAtExit=$@ $(QUIET_CDS) -jar $(JAR) rehearse > target/rehearsal.log 2>&1 \
		|| { cat target/rehearsal.log >&2; exit 1; }

# The clients in JavaScript that tests use; without npm those tests are skipped.
JS := src/test/js
JS_STAMP := $(JS)/node_modules/.package-lock.json

.PHONY: js-clients
js-clients: $(JS_STAMP) ## fetch the clients in JavaScript that tests use

$(JS_STAMP): $(JS)/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix $(JS) --no-audit --no-fund --silent && touch $@; \
	else echo "npm is missing: tests with clients in JavaScript are skipped" >&2; fi

.PHONY: test
test: checked $(KAFKA_STAMP) $(JS_STAMP) ## decide on a change: formatting, warnings, all tests, two equal jars; alters no source
	@mkdir -p target
	@$(MVN) verify 2>&1 | tee target/test.log | { grep --line-buffered -E '$(SUMMARY)' || true; }
	@$(SKIPPED)
	@$(MAKE) --no-print-directory reproducible

# The quick checks, the quickest first. What the jar is made of is compiled with them.
.PHONY: checked
checked: $(JS_STAMP)
	@$(MVN) $(TERSE) spotless:check
	@$(MVN) $(TERSE) -f src/bench/pom.xml spotless:check compile
	@$(MAKE) --no-print-directory jmh-classes

# SEEDS is the number of seeds, FIRST the seed to begin with, SIM a part of the names.
SEEDS ?= 1000
FIRST ?= 1
SIM ?= *

.PHONY: sim
sim: ## run the simulations with many seeds; SEEDS=10000 FIRST=1 SIM=PartitionLog for more, others, or one of them
	@$(MVN) -q test -Dtest='$(SIM)SimulationTest' -Dweir.sim.seeds=$(SEEDS) -Dweir.sim.first=$(FIRST)

# Without Error Prone, in another folder: neither may show in the jar.
COPY := target/again

# MINUTES is how long faults go on, SEED what happens in them.
MINUTES ?= 5
SEED ?= 1

.PHONY: torture
torture: $(JAR) $(KAFKA_STAMP) ## kill, stop and restart brokers of three under load, and check what clients saw; MINUTES=60 SEED=2
	@$(MVN) -q verify -DskipTests -Dit.test='ReplicationTortureIT' -Dfailsafe.failIfNoSpecifiedTests=false \
		-Dweir.it.torture.minutes=$(MINUTES) -Dweir.it.torture.seed=$(SEED)

.PHONY: reproducible
reproducible: $(JAR) ## build the jar once more from a copy of the sources, and compare the two
	@rm -rf $(COPY) && mkdir -p $(COPY)/src && cp -r .mvn pom.xml LICENSE NOTICE $(COPY) && cp -r src/main $(COPY)/src
	@cd $(COPY) && $(MVN) $(TERSE) package -Dmaven.test.skip=true -Denforcer.skip=true -Dchecks=-XDnone
	@sha256sum $(JAR) $(COPY)/$(JAR)
	@cmp $(JAR) $(COPY)/$(JAR) || { echo "the two differ; does 'make clean' help?" >&2; \
		diff <(unzip -lv $(JAR)) <(unzip -lv $(COPY)/$(JAR)) >&2; exit 1; }

.PHONY: outdated
outdated: ## list newer versions of what the build uses
	@for pom in pom.xml src/bench/pom.xml src/bench/jmh/pom.xml src/kafka/pom.xml; do \
		$(MVN) -q -f $$pom $(VERSIONS):display-property-updates $(VERSIONS):display-dependency-updates \
			-DprocessDependencyManagement=false -DallowSnapshots=false -Dversions.outputFile=$(CURDIR)/target/outdated.txt \
			'-Dmaven.version.ignore=(?i).*[-.](alpha|beta|b|m|rc|cr|pre|ea|dev)[-.]?[0-9]*.*' ; \
		echo "== $$pom"; grep -- '->' target/outdated.txt | sort -u || echo "  all are the newest"; rm -f target/outdated.txt; \
	done

VERSIONS := org.codehaus.mojo:versions-maven-plugin:2.21.0

# The tests that were skipped, each with its name and reason.
SKIPPED = grep -hsE -A1 '<testcase |<skipped' target/*-reports/TEST-*.xml \
	| awk '/<testcase /{name = $$0} /<skipped/{print name " " $$0}' \
	| sed -nE 's/.*<testcase name="([^"]*)" classname="([^"]*)".*<skipped( message="([^"]*)")?.*/skipped: \2.\1: \4/p' || true

.PHONY: fix
fix: ## format the sources
	@$(MVN) -q spotless:apply
	@$(MVN) -q -f src/bench/pom.xml spotless:apply
	@$(MVN) -q -f src/bench/jmh/pom.xml spotless:apply

.PHONY: docs
docs: $(JAR) ## write docs/configuration.md again
	@java -jar $(JAR) config-docs docs/configuration.md

.PHONY: kafka-tools
kafka-tools: $(KAFKA_STAMP) ## fetch Kafka's command line tools and say how to call them
	@echo "Kafka's tools are in $(KAFKA). Beside a running broker, for example:"
	@for use in \
		'TopicCommand --list' \
		'TopicCommand --create --topic tour --partitions 3' \
		'ConsoleProducer --topic tour' \
		'consumer.ConsoleConsumer --topic tour --partition 0 --from-beginning' \
		'GetOffsetShell --topic tour' \
		'LogDirsCommand --describe'; \
	do echo "  java -cp '$(KAFKA)/*' org.apache.kafka.tools.$${use/ / --bootstrap-server localhost:9092 }"; done
	@echo "  java -cp '$(KAFKA)/*' kafka.admin.ConfigCommand --bootstrap-server localhost:9092 --describe --all --topic tour"
	@echo "  java -cp '$(KAFKA)/*' org.apache.kafka.tools.ProducerPerformance --topic tour --num-records 100000" \
		"--record-size 1024 --throughput -1 --bootstrap-server localhost:9092"
	@echo "  java -cp '$(KAFKA)/*' org.apache.kafka.tools.DumpLogSegments --index-sanity-check" \
		"--files data/tour-0/00000000000000000000.index"

$(KAFKA_STAMP): src/kafka/pom.xml
	@echo "fetching Apache Kafka's tools and server" >&2
	@rm -rf $(KAFKA)
	@$(MVN) -q -f src/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory='$(CURDIR)/$(KAFKA)'
	@touch $@

.PHONY: clean
clean: ## remove everything that was built; data stays
	@rm -rf target

-include src/bench/bench.mk
