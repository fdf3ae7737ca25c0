package dev.weir.storage.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * The file port in memory. It keeps what is durable apart from what is not: {@link #crash} loses any part of the unsynced
 * bytes and names, a seeded choice. A capacity gives ENOSPC; {@link #onOperation} may throw for anything else. A sync that
 * fails in this way drops the bytes that it was to write, as Linux does. Directories are durable at once.
 */
public final class InMemoryLogFiles implements LogFiles {
    /** What is about to be done, for injected failures. */
    public enum Operation {
        WRITE,
        FORCE,
        TRUNCATE,
        CREATE,
        RENAME,
        DELETE,
        SYNC_DIRECTORY
    }

    /** May throw before an operation on a path. */
    public interface Fault {
        void before(Operation operation, Path path) throws IOException;
    }

    private record NameChange(Operation kind, Path path, Path target, InMemoryInode inode) {}

    private final Map<Path, InMemoryInode> current = new TreeMap<>();
    private final Map<Path, InMemoryInode> durable = new TreeMap<>();
    private final Map<Path, Boolean> directories = new TreeMap<>();
    private final List<NameChange> unsynced = new ArrayList<>();
    private final RandomGenerator memory = new Random(0);
    private Fault fault = (operation, path) -> {};
    private long capacity = Long.MAX_VALUE;
    private long nowMs = 1_000_000;
    private long reads;

    /** Bytes that the files may have together. */
    public synchronized void setCapacity(long bytes) {
        capacity = bytes;
    }

    public synchronized void onOperation(Fault newFault) {
        fault = newFault;
    }

    public synchronized long usedBytes() {
        return current.values().stream()
                .distinct()
                .mapToLong(InMemoryInode::size)
                .sum();
    }

    /** How many reads of files there have been. */
    public synchronized long reads() {
        return reads;
    }

    /** The power fails: of everything not synced any part may be lost. Handles opened before are dead. */
    public synchronized void crash(RandomGenerator random) {
        boolean keepNames = random.nextInt(4) == 0;
        for (NameChange change : unsynced) {
            if (keepNames || random.nextBoolean()) {
                apply(durable, change);
            }
        }
        unsynced.clear();
        current.values().forEach(InMemoryInode::kill);
        current.clear();
        durable.replaceAll((path, inode) -> inode.crashed(random));
        current.putAll(durable);
    }

    /** The process dies and the system lives: nothing is lost, handles opened before are dead. */
    public synchronized void kill() {
        current.replaceAll((path, inode) -> inode.reopened());
        durable.replaceAll((path, inode) -> inode.successor());
        unsynced.replaceAll(
                c -> new NameChange(c.kind(), c.path(), c.target(), c.inode().successor()));
    }

    /** Changes stored bytes behind the log's back, durably; the change also gets their number. */
    public synchronized void corrupt(Path path, BiConsumer<byte[], Integer> change) throws IOException {
        byte[] bytes = inode(path).content();
        change.accept(bytes, bytes.length);
        inode(path).replace(bytes);
    }

    /** Flips one bit of a stored file, durably, or cuts it. */
    public synchronized void damage(Path path, RandomGenerator random) throws IOException {
        byte[] bytes = inode(path).content();
        if (bytes.length > 0 && random.nextInt(4) > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        } else if (bytes.length > 0) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        put(path, bytes);
    }

    /** Takes a file away, durably. */
    public synchronized void remove(Path path) {
        current.remove(path);
        durable.remove(path);
        unsynced.removeIf(c -> c.target().equals(path));
    }

    public synchronized byte[] content(Path path) throws IOException {
        return inode(path).content();
    }

    public synchronized void put(Path path, byte[] content) {
        InMemoryInode inode = new InMemoryInode(this, content);
        remove(path);
        current.put(path, inode);
        durable.put(path, inode);
        directories.put(path.getParent(), true);
    }

    @Override
    public synchronized LogFile open(Path path) throws IOException {
        return new InMemoryLogFile(this, path, inode(path));
    }

    @Override
    public synchronized LogFile create(Path path) throws IOException {
        InMemoryInode known = current.get(path);
        if (known == null) {
            fault.before(Operation.CREATE, path);
            known = new InMemoryInode(this, new byte[0]);
            change(new NameChange(Operation.CREATE, path, path, known));
        }
        return new InMemoryLogFile(this, path, known);
    }

    @Override
    public synchronized long size(Path path) throws IOException {
        return inode(path).size();
    }

    @Override
    public synchronized long lastModifiedMs(Path path) throws IOException {
        return inode(path).lastModifiedMs();
    }

    @Override
    public synchronized boolean exists(Path path) {
        return current.containsKey(path) || directories.containsKey(path);
    }

    @Override
    public synchronized List<String> list(Path directory) {
        List<String> names = new ArrayList<>();
        current.keySet().stream().filter(p -> directory.equals(p.getParent())).forEach(p -> names.add(name(p)));
        directories.keySet().stream()
                .filter(p -> directory.equals(p.getParent()))
                .forEach(p -> names.add(name(p)));
        return names.stream().distinct().sorted().toList();
    }

    @Override
    public synchronized boolean isDirectory(Path path) {
        return directories.containsKey(path);
    }

    @Override
    public synchronized void createDirectories(Path directory) {
        for (Path at = directory; at != null; at = at.getParent()) {
            directories.put(at, true);
        }
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        fault.before(Operation.RENAME, from);
        if (directories.remove(from) != null) {
            directories.put(to, true);
            move(current, from, to);
            move(durable, from, to);
            unsynced.replaceAll(
                    c -> new NameChange(c.kind(), moved(c.path(), from, to), moved(c.target(), from, to), c.inode()));
            return;
        }
        change(new NameChange(Operation.RENAME, from, to, inode(from)));
    }

    @Override
    public synchronized void deleteIfExists(Path path) throws IOException {
        fault.before(Operation.DELETE, path);
        if (directories.remove(path) == null && current.containsKey(path)) {
            change(new NameChange(Operation.DELETE, path, path, current.get(path)));
        }
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        fault.before(Operation.SYNC_DIRECTORY, directory);
        unsynced.removeIf(change -> {
            boolean here = directory.equals(change.path().getParent());
            if (here) {
                apply(durable, change);
            }
            return here;
        });
    }

    @Override
    public synchronized long usableBytes(Path directory) {
        return Math.max(0, capacity - usedBytes());
    }

    void before(Operation operation, Path path) throws IOException {
        fault.before(operation, path);
    }

    /** Bytes that a file may still grow by. */
    long room() {
        return capacity == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, capacity - usedBytes());
    }

    long tick() {
        return nowMs++;
    }

    /** Decides what a failed sync forgets at once. */
    RandomGenerator memory() {
        return memory;
    }

    void countRead() {
        reads++;
    }

    private InMemoryInode inode(Path path) throws IOException {
        InMemoryInode inode = current.get(path);
        if (inode == null) {
            throw new NoSuchFileException(path.toString());
        }
        return inode;
    }

    private void change(NameChange change) {
        apply(current, change);
        unsynced.add(change);
    }

    private static void move(Map<Path, InMemoryInode> names, Path from, Path to) {
        for (Path path : List.copyOf(names.keySet())) {
            if (from.equals(path.getParent())) {
                names.put(moved(path, from, to), names.remove(path));
            }
        }
    }

    private static Path moved(Path path, Path from, Path to) {
        return from.equals(path.getParent()) ? to.resolve(name(path)) : path;
    }

    private static void apply(Map<Path, InMemoryInode> names, NameChange change) {
        switch (change.kind()) {
            case CREATE -> names.put(change.path(), change.inode());
            case RENAME -> {
                names.remove(change.path(), change.inode());
                names.put(change.target(), change.inode());
            }
            case DELETE -> names.remove(change.path());
            default -> throw new IllegalStateException("no change of a name: " + change);
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
