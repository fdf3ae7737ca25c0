package dev.weir.bench.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * Weir as one node.
 *
 * @param name how the table calls it
 * @param jar the jar that is started
 */
public record WeirBroker(String name, Path jar) implements BrokerUnderTest {

    @Override
    public String version() {
        try (JarFile file = new JarFile(jar.toFile())) {
            String version = file.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            return version == null ? "unknown" : version;
        } catch (IOException e) {
            return "unknown";
        }
    }

    @Override
    public void prepare(Home home, Map<String, String> settings) throws IOException {
        String text = CommonSettings.asProperties(CommonSettings.with(home, settings))
                + """
                listeners=PLAINTEXT://%s
                http.port=%d
                """.formatted(home.bootstrap(), home.secondPort());
        Files.writeString(home.config(), text);
    }

    @Override
    public void prepare(Member member, Map<String, String> settings) throws IOException {
        Home home = member.home();
        String text = CommonSettings.asProperties(CommonSettings.ofMember(home, settings))
                + """
                node.id=%d
                cluster.id=%s
                listeners=PLAINTEXT://%s
                http.port=%d
                controller.quorum.voters=%s
                """.formatted(
                                member.id(),
                                member.clusterId(),
                                home.bootstrap(),
                                home.secondPort(),
                                member.voters(Home::port));
        Files.writeString(home.config(), text);
    }

    @Override
    public List<String> command(Home home, JvmFlags flags) {
        List<String> command = new ArrayList<>(List.of(Java.command()));
        command.addAll(flags.weir());
        Path classes = Path.of(jar.toString().replaceFirst("\\.jar$", ".jsa"));
        if (flags == JvmFlags.OWN && Files.exists(classes)) {
            command.add("-XX:SharedArchiveFile=" + classes);
        }
        command.addAll(List.of("-jar", jar.toString(), "--config", home.config().toString()));
        return command;
    }
}
