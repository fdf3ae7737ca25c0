#!/usr/bin/env bash
# Three brokers of one cluster on this machine, for a look: conf/cluster.sh starts them and stops them at Ctrl-C,
# conf/cluster.sh 2 starts broker 2 alone, for instance after it was killed.
set -euo pipefail
cd "$(dirname "$0")/.."

DATA=data/cluster
JAVA=(java -Xmx192m -XX:+UseSerialGC -XX:SharedArchiveFile=target/weir.jsa -Xlog:cds=off -Xlog:cds+dynamic=off)
STARTED=() # the process of each broker that this script started and that has not ended, by id

command_of() { # id
	COMMAND=("${JAVA[@]}" -jar target/weir.jar --config conf/cluster.properties
		--set "node.id=$1"
		--set "listeners=PLAINTEXT://localhost:$((9091 + $1))"
		--set "http.port=$((8079 + $1))"
		--set "cluster.membership.port=$((5700 + $1))"
		--set "log.dir=$DATA/broker-$1")
}

stop_all() {
	local id
	trap '' INT TERM
	for id in "${!STARTED[@]}"; do
		echo "stopping broker $id"
		kill "${STARTED[id]}" 2>/dev/null || true
		wait "${STARTED[id]}" 2>/dev/null || true
	done
}

# Says which brokers have ended by themselves.
look() {
	local id code
	for id in "${!STARTED[@]}"; do
		if ! kill -0 "${STARTED[id]}" 2>/dev/null; then
			code=0
			wait "${STARTED[id]}" 2>/dev/null || code=$?
			unset "STARTED[id]"
			echo "broker $id has ended (exit code $code), see $DATA/broker-$id.log; to start it again: conf/cluster.sh $id"
		fi
	done
}

await_ready() { # id
	until grep -q "Ready: Kafka protocol on" "$DATA/broker-$1.log"; do
		look 2>/dev/null # bash's own words on what was killed
		if [ -z "${STARTED[$1]:-}" ]; then
			tail -n 5 "$DATA/broker-$1.log" >&2
			stop_all
			exit 1
		fi
		sleep 0.2
	done
}

mkdir -p "$DATA"
if [ $# -gt 0 ]; then
	command_of "$1"
	exec "${COMMAND[@]}"
fi

trap 'stop_all; exit 0' INT TERM
echo "starting three brokers, what they print is in $DATA/broker-*.log"
for id in 1 2 3; do
	command_of "$id"
	"${COMMAND[@]}" >"$DATA/broker-$id.log" 2>&1 &
	STARTED[id]=$!
done
for id in 1 2 3; do
	await_ready "$id"
	echo "broker $id is ready: localhost:$((9091 + id)), http://localhost:$((8079 + id)), process ${STARTED[id]}"
done
cat <<'END'

The cluster serves localhost:9092,localhost:9093,localhost:9094. In another terminal, with kcat or after make kafka-tools:

  seq 1 1000 | kcat -b localhost:9092,localhost:9093,localhost:9094 -P -t numbers
  java -cp 'target/kafka/*' org.apache.kafka.tools.TopicCommand --bootstrap-server localhost:9092 --create --topic spread --partitions 6
  java -cp 'target/kafka/*' org.apache.kafka.tools.TopicCommand --bootstrap-server localhost:9092 --describe --topic spread
  java -cp 'target/kafka/*' org.apache.kafka.tools.MetadataQuorumCommand --bootstrap-server localhost:9093 describe --status

Every record is on all three brokers. Kill one (kill -9): the other two go on, with every record that was acknowledged.
Ctrl-C stops all three.
END
while [ ${#STARTED[@]} -gt 0 ]; do
	{ sleep 1 && look; } 2>/dev/null
done
echo "no broker is left" >&2
exit 1
