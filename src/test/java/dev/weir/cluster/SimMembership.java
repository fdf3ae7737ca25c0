package dev.weir.cluster;

import dev.weir.cluster.MemberNews.MembersChanged;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** The membership as the detector's broker sees it: late, split, empty, flapping, or right. Members have UUIDs that change. */
final class SimMembership {
    private final Random random;
    private final Life self;
    private final Map<Life, Long> members = new HashMap<>();
    private final Consumer<MemberNews> sink;
    private boolean running;
    private long uuids;

    SimMembership(Random random, Life self, Consumer<MemberNews> sink) {
        this.random = random;
        this.self = self;
        this.sink = sink;
    }

    void start() {
        running = true;
        members.clear();
        members.put(self, uuids++);
        tell();
    }

    void end() {
        if (running) {
            running = false;
            sink.accept(new MemberNews.Ended());
        }
    }

    boolean isRunning() {
        return running;
    }

    void add(Life life) {
        if (running && members.putIfAbsent(life, uuids++) == null) {
            tell();
        }
    }

    void remove(Life life) {
        if (running && !life.equals(self) && members.remove(life) != null) {
            tell();
        }
    }

    /** A merge: everybody has a new UUID. */
    void renew() {
        members.replaceAll((life, uuid) -> uuids++);
        tell();
    }

    void tell() {
        if (!running) {
            return;
        }
        List<Map<String, String>> all = new ArrayList<>();
        members.forEach((life, uuid) -> {
            Map<String, String> attributes = new HashMap<>(PeerAttributes.of(new Peer(life, new Endpoint("q", 1))));
            attributes.put("uuid", Long.toString(uuid));
            all.add(attributes);
        });
        if (random.nextInt(20) == 0) {
            all.add(Map.of("weir.broker.id", "7"));
        }
        sink.accept(new MembersChanged(all));
    }
}
