package dev.weir.it;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Apache Kafka's own command line tools. They are loaded in a class loader of their own, since their version differs from the
 * client's under test, and run in this process, since a virtual machine for each call would take longer than all the tests.
 */
final class KafkaTool {
    private static final Path CLASSES = Path.of(System.getProperty("kafka.classes", "target/kafka"));
    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;
    private static final InputStream IN = System.in;

    private static ClassLoader loader = KafkaTool.class.getClassLoader();
    private static boolean loaded;
    private static int firstStatus = -1;

    private KafkaTool() {}

    /** Runs a tool without input. */
    static Result run(String tool, String... arguments) {
        return run(tool, new byte[0], arguments);
    }

    /**
     * Runs a tool to its end. Nothing else may run at the same time.
     *
     * @param tool the class, without {@code org.apache.kafka.tools.} in front
     * @param input what it reads from its standard input
     */
    static synchronized Result run(String tool, byte[] input, String... arguments) {
        prepare();
        String name = tool.startsWith("kafka.") ? tool : "org.apache.kafka.tools." + tool;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        System.setIn(new ByteArrayInputStream(input));
        int status;
        try {
            status = call(name, arguments);
        } finally {
            System.setOut(OUT);
            System.setErr(ERR);
            System.setIn(IN);
            thread.setContextClassLoader(before);
        }
        return new Result(status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** The class path of Kafka's tools and server. Skips the test that asks where it was not fetched. */
    static String classPath() {
        Assumptions.assumeTrue(
                Files.isDirectory(CLASSES), "skipped: Kafka's tools are not in " + CLASSES + "; make kafka-tools");
        return CLASSES.toAbsolutePath() + "/*";
    }

    private static int call(String name, String[] arguments) {
        firstStatus = -1;
        try {
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) arguments);
            return Math.max(firstStatus, 0);
        } catch (InvocationTargetException e) {
            if (firstStatus >= 0) {
                return firstStatus;
            }
            e.printStackTrace();
            return 1;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no such tool: " + name, e);
        }
    }

    private static void prepare() {
        classPath();
        if (loaded) {
            return;
        }
        try (var jars = Files.list(CLASSES)) {
            List<URL> urls = jars.filter(jar -> jar.toString().endsWith(".jar"))
                    .map(KafkaTool::url)
                    .toList();
            loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
            Class<?> exit = loader.loadClass("org.apache.kafka.common.utils.Exit");
            Class<?> procedure = loader.loadClass("org.apache.kafka.common.utils.Exit$Procedure");
            Class<?> hooks = loader.loadClass("org.apache.kafka.common.utils.Exit$ShutdownHookAdder");
            Object onExit = Proxy.newProxyInstance(loader, new Class<?>[] {procedure}, (proxy, method, arguments) -> {
                int status = (int) arguments[0];
                firstStatus = firstStatus < 0 ? status : firstStatus;
                throw new Exited(status);
            });
            Object noHook = Proxy.newProxyInstance(loader, new Class<?>[] {hooks}, (proxy, method, arguments) -> null);
            exit.getMethod("setExitProcedure", procedure).invoke(null, onExit);
            exit.getMethod("setHaltProcedure", procedure).invoke(null, onExit);
            exit.getMethod("setShutdownHookAdder", hooks).invoke(null, noHook);
            loaded = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("these are not Kafka's tools: " + CLASSES, e);
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A tool's wish to end the process. */
    private static final class Exited extends Error {
        private static final long serialVersionUID = 1;

        Exited(int status) {
            super("exit " + status, null, false, false);
        }
    }

    /**
     * What a tool did.
     *
     * @param status its exit code
     * @param bytes its standard output
     * @param err its error output
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Result(int status, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** All that it printed. */
        String all() {
            return out() + err;
        }
    }
}
