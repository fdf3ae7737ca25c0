package dev.weir.it;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A group of Kafka's own consumers that read a topic and commit; a ledger keeps book of who owns what. */
final class GroupOfConsumers {
    private final String id = "group-" + UUID.randomUUID();
    private final String bootstrap;
    private final String protocol;
    private final String topic;
    private final PartitionLedger ledger = new PartitionLedger();
    private final Deque<JavaMember> members = new ArrayDeque<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final AtomicInteger read = new AtomicInteger();
    private int made;

    GroupOfConsumers(String bootstrap, String protocol, String topic) {
        this.bootstrap = bootstrap;
        this.protocol = protocol;
        this.topic = topic;
    }

    String id() {
        return id;
    }

    void join(int count) {
        for (int i = 0; i < count; i++) {
            JavaMember member = new JavaMember(
                            "member-" + ++made,
                            bootstrap,
                            topic,
                            ledger,
                            "group.id=" + id,
                            "group.protocol=" + protocol,
                            "auto.offset.reset=earliest")
                    .reading(value -> {
                        seen.add(value);
                        read.incrementAndGet();
                    });
            members.add(member);
            member.join();
        }
    }

    /** Lets the oldest members go, in order. */
    void leave(int count) {
        for (int i = 0; i < count; i++) {
            members.remove().leave();
        }
    }

    /** Whether every partition has an owner, and every member a part. */
    boolean isSettled(int partitions) {
        return ledger.isComplete(partitions) && ledger.owners().size() == members.size();
    }

    /** How many different records somebody has read. */
    int seen() {
        return seen.size();
    }

    /** How many records were read, those read twice included. */
    int read() {
        return read.get();
    }

    /** Partitions that a member was given while another still held them. */
    List<String> faults() {
        return ledger.faults();
    }
}
