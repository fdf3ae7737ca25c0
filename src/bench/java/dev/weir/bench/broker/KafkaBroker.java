package dev.weir.bench.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * Apache Kafka as one combined node, broker and controller, logging at its distribution's level.
 *
 * @param name how the table calls it
 * @param classes the directory with the jars of its server and tools
 * @param logging the directory with the jar that binds its logging
 */
public record KafkaBroker(String name, Path classes, Path logging) implements BrokerUnderTest {
    private static final Duration FORMAT_LIMIT = Duration.ofSeconds(60);

    private static final String LOGGING = """
            status = error
            appender.out.type = Console
            appender.out.name = out
            appender.out.layout.type = PatternLayout
            appender.out.layout.pattern = [%d] %p %m (%c)%n
            rootLogger.level = info
            rootLogger.appenderRef.out.ref = out
            """;

    @Override
    public String version() {
        try (var jars = Files.newDirectoryStream(classes, "kafka-server-[0-9]*.jar")) {
            String jar = jars.iterator().next().getFileName().toString();
            return jar.substring("kafka-server-".length(), jar.length() - ".jar".length());
        } catch (IOException e) {
            return "unknown";
        }
    }

    @Override
    public void prepare(Home home, Map<String, String> settings) throws IOException, InterruptedException {
        String text = CommonSettings.asProperties(CommonSettings.with(home, settings))
                + """
                process.roles=broker,controller
                node.id=1
                listeners=PLAINTEXT://%1$s,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://%1$s
                controller.listener.names=CONTROLLER
                controller.quorum.voters=1@127.0.0.1:%2$d
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                # It is held by SIGSTOP while the other broker is measured, and must not fence itself for that.
                broker.session.timeout.ms=3600000
                """.formatted(home.bootstrap(), home.secondPort());
        format(home, text, Uuid.randomUuid().toString());
    }

    @Override
    public void prepare(Member member, Map<String, String> settings) throws IOException, InterruptedException {
        Home home = member.home();
        String text = CommonSettings.asProperties(CommonSettings.ofMember(home, settings))
                + """
                process.roles=broker,controller
                node.id=%3$d
                listeners=PLAINTEXT://%1$s,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://%1$s
                controller.listener.names=CONTROLLER
                controller.quorum.voters=%4$s
                transaction.state.log.replication.factor=3
                transaction.state.log.min.isr=2
                """.formatted(home.bootstrap(), home.secondPort(), member.id(), member.voters(Home::secondPort));
        format(home, text, member.clusterId());
    }

    private void format(Home home, String text, String clusterId) throws IOException, InterruptedException {
        Files.writeString(home.config(), text);
        Files.writeString(loggingConfig(home), LOGGING);
        List<String> command = java(home, List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("kafka.tools.StorageTool", "format", "--ignore-formatted", "--cluster-id"));
        command.addAll(List.of(clusterId, "--config", home.config().toString()));
        Processes.runToEnd(command, home.log(), FORMAT_LIMIT);
    }

    @Override
    public List<String> command(Home home, JvmFlags flags) {
        List<String> command = java(home, flags.kafka());
        command.addAll(List.of("kafka.Kafka", home.config().toString()));
        return command;
    }

    /** A command that runs one of Kafka's own tools. */
    public List<String> tool(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Java.command(), "-Xmx512m", "-cp", classes + "/*", mainClass));
        command.addAll(arguments);
        return command;
    }

    private List<String> java(Home home, List<String> flags) {
        List<String> command = new ArrayList<>(List.of(Java.command()));
        command.addAll(flags);
        command.add("-Dlog4j2.configurationFile=" + loggingConfig(home));
        command.addAll(List.of("-cp", classes + "/*:" + logging + "/*"));
        return command;
    }

    private static Path loggingConfig(Home home) {
        return home.dir().resolve("log4j2.properties");
    }
}
