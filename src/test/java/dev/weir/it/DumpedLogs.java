package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Kafka's {@code DumpLogSegments} as the judge of files that a broker has left. */
final class DumpedLogs {
    private static final List<String> KINDS = List.of(".log", ".index", ".timeindex", ".snapshot", ".txnindex");

    private static final List<String> COMPLAINTS = List.of(
            "Mismatches in",
            "not found",
            "out of order",
            "mismatch",
            "isvalid: false",
            "orrupt",
            "truncated",
            "Exception");

    private DumpedLogs() {}

    /** Fails unless every segment, index and producer snapshot of these partitions is accepted; returns the dump. */
    static String assertAccepted(Path data, String topic) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(data)) {
            files = all.filter(file -> KINDS.stream().anyMatch(file.toString()::endsWith))
                    .filter(file -> file.toString().matches(".*/" + topic + "-\\d+/[^/]+"))
                    .sorted()
                    .toList();
        }
        assertThat(files).isNotEmpty();
        String names = files.stream().map(Path::toString).collect(Collectors.joining(","));
        String checked = dump("--index-sanity-check", "--files", names);
        assertThat(checked.lines()
                        .filter(line -> line.endsWith(" passed sanity check.") || line.endsWith(" is empty.")))
                .hasSize(
                        (int) files.stream().filter(DumpedLogs::isSanityChecked).count());
        return checked + dump("--deep-iteration", "--files", names);
    }

    private static String dump(String... arguments) {
        KafkaTool.Result dump = KafkaTool.run("DumpLogSegments", arguments);
        assertThat(dump.status()).as(dump.err()).isZero();
        assertThat(dump.all().lines().filter(line -> COMPLAINTS.stream().anyMatch(line::contains)))
                .isEmpty();
        return dump.out();
    }

    private static boolean isSanityChecked(Path file) {
        return file.toString().endsWith("index") && !file.toString().endsWith(".txnindex");
    }
}
