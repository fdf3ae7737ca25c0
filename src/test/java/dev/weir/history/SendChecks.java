package dev.weir.history;

import dev.weir.history.Anomaly.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What producers were told, against the final log. */
final class SendChecks {
    private final History history;
    private final Map<Long, Send> byValue = new HashMap<>();
    private final Map<Long, List<Place>> places = new HashMap<>();
    private final List<Anomaly> anomalies = new ArrayList<>();

    private record Place(int partition, long offset) {}

    private record Stream(int producer, int partition) {}

    SendChecks(History history) {
        this.history = history;
        history.sends().forEach(send -> byValue.put(send.value(), send));
        history.finalLog()
                .forEach((partition, log) -> log.forEach((offset, values) -> values.forEach(value ->
                        places.computeIfAbsent(value, v -> new ArrayList<>(1)).add(new Place(partition, offset)))));
    }

    List<Anomaly> check() {
        history.sends().forEach(this::checkSend);
        places.forEach((value, found) -> {
            if (!byValue.containsKey(value)) {
                Place place = found.get(0);
                report(Kind.PHANTOM, place.partition, "nobody sent " + value, List.of("final log: " + place));
            }
        });
        checkOrder();
        checkTwoValues();
        return anomalies;
    }

    private void checkSend(Send send) {
        List<Place> found = places.getOrDefault(send.value(), List.of());
        boolean kept = send.guarantee().durable && send.isAcknowledged();
        if (kept && found.isEmpty()) {
            report(
                    Kind.LOST_WRITE,
                    send.partition(),
                    "value " + send.value() + " was acknowledged at " + send.offset(),
                    around(send, history.finalLog(send.partition()).headMap(send.offset() + 2, true)));
        } else if (kept && !found.contains(new Place(send.partition(), send.offset()))) {
            report(
                    Kind.INCONSISTENT_OFFSETS,
                    send.partition(),
                    "value " + send.value() + " was acknowledged at " + send.offset() + " and is elsewhere",
                    List.of(send.toString(), "final log: " + found));
        }
        if (found.size() > 1 && (send.guarantee().ordered || kept)) {
            report(
                    Kind.DUPLICATE,
                    send.partition(),
                    "value " + send.value(),
                    List.of(send.toString(), "final log: " + found));
        }
    }

    private List<String> around(Send send, NavigableMap<Long, List<Long>> below) {
        List<String> lines = new ArrayList<>(List.of(send.toString()));
        below.tailMap(send.offset() - 2)
                .forEach((offset, values) -> lines.add("final log: " + offset + " is " + values));
        history.polls().stream()
                .filter(poll -> poll.partition() == send.partition() && poll.offset() == send.offset())
                .limit(3)
                .forEach(poll -> lines.add(poll.toString()));
        return lines;
    }

    private void checkOrder() {
        Map<Stream, TreeMap<Long, Send>> streams = new HashMap<>();
        history.sends().stream().filter(send -> send.guarantee().ordered).forEach(send -> streams.computeIfAbsent(
                        new Stream(send.producer(), send.partition()), s -> new TreeMap<>())
                .put(send.value(), send));
        streams.values().forEach(stream -> {
            checkAcknowledged(stream);
            checkPlaces(stream);
        });
    }

    private void checkAcknowledged(NavigableMap<Long, Send> stream) {
        Send before = null;
        for (Send send : stream.values()) {
            if (!send.isAcknowledged()) {
                continue;
            }
            if (before != null && before.offset() >= send.offset()) {
                report(
                        Kind.NONMONOTONIC_SEND,
                        send.partition(),
                        "value " + send.value() + " came after " + before.value(),
                        List.of(before.toString(), send.toString()));
            }
            before = send;
        }
    }

    private void checkPlaces(NavigableMap<Long, Send> stream) {
        long last = -1;
        Send before = null;
        for (Send send : stream.values()) {
            for (Place place : places.getOrDefault(send.value(), List.of())) {
                if (place.offset < last && before != null) {
                    report(
                            Kind.REORDERED,
                            send.partition(),
                            "value " + send.value() + " lies before " + before.value(),
                            List.of(before + ", final log: " + last, send + ", final log: " + place.offset));
                }
                last = Math.max(last, place.offset);
            }
            before = send;
        }
    }

    private void checkTwoValues() {
        history.finalLog()
                .forEach((partition, log) -> log.forEach((offset, values) -> {
                    if (values.size() > 1) {
                        report(
                                Kind.INCONSISTENT_OFFSETS,
                                partition,
                                "offset " + offset + " was read more than once at the end",
                                List.of("final log: " + values));
                    }
                }));
    }

    private void report(Kind kind, int partition, String what, List<String> evidence) {
        anomalies.add(new Anomaly(kind, partition, what, evidence));
    }
}
