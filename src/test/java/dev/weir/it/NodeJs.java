package dev.weir.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Clients in JavaScript. A test that asks for one where Node or its packages are missing is skipped. */
final class NodeJs {
    private static final Path SCRIPTS = Path.of("src/test/js");

    private NodeJs() {}

    /** The command of a member of a group. */
    static List<String> member(String bootstrap, String group, String topic, int sessionMs) {
        Assumptions.assumeTrue(isInstalled(), "skipped: Node.js is not installed");
        Assumptions.assumeTrue(
                Files.isDirectory(SCRIPTS.resolve("node_modules/kafkajs")),
                "skipped: kafkajs is not in " + SCRIPTS + "; make js-clients");
        return List.of(
                "node", SCRIPTS.resolve("member.js").toString(), bootstrap, group, topic, Integer.toString(sessionMs));
    }

    private static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
    }
}
