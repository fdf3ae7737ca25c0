package dev.weir.cluster;

import java.util.Random;

/** The faults of a simulation: deaths, cuts, lies of the membership, and the detector's own pauses. */
final class DetectionFaults {
    private final DetectionSimulation sim;
    private final Random random;

    DetectionFaults(DetectionSimulation sim) {
        this.sim = sim;
        this.random = sim.random;
    }

    // ---- of one broker

    void next(SimPeer peer) {
        sim.later(random.nextInt(3_000), () -> {
            fault(peer);
            next(peer);
        });
    }

    private void fault(SimPeer peer) {
        switch (random.nextInt(9)) {
            case 0, 1 -> kill(peer, true);
            case 2 -> kill(peer, false);
            case 3, 4 -> cut(peer, random.nextInt(3), random.nextInt(5_000));
            case 5 -> sim.closed(peer, peer.life);
            case 6 -> membershipLies(peer);
            case 7 -> closeAndDie(peer);
            default -> cut(peer, random.nextInt(3), random.nextInt(700));
        }
    }

    private void kill(SimPeer peer, boolean hostStays) {
        if (!peer.alive) {
            return;
        }
        sim.say("killed: " + peer + (hostStays ? "" : " and its host"));
        Life life = peer.life;
        peer.alive = false;
        peer.hostUp = hostStays;
        peer.closedTold = false;
        peer.diedAt = sim.now;
        if (hostStays && sim.watchedIds().contains(peer.id)) {
            tellClosed(peer, life);
        }
        sim.later((hostStays ? 30 : 1_000) + random.nextInt(300), () -> removeMember(life));
        sim.later(500 + random.nextInt(5_000), () -> restart(peer, life));
    }

    /** The connection closes, the broker still answers the probe for that, and dies at once. */
    private void closeAndDie(SimPeer peer) {
        sim.closed(peer, peer.life);
        sim.later(random.nextInt(2 * DetectionSimulation.MAX_DELAY_MS), () -> kill(peer, true));
    }

    private void tellClosed(SimPeer peer, Life life) {
        sim.later(1 + random.nextInt(DetectionSimulation.MAX_DELAY_MS), () -> {
            if (peer.cutFrom) {
                sim.later(50 + random.nextInt(150), () -> tellClosed(peer, life));
            } else {
                sim.closed(peer, life);
            }
        });
    }

    private void restart(SimPeer peer, Life before) {
        if (peer.alive || !peer.life.equals(before)) {
            return;
        }
        peer.life = peer.nextLife();
        peer.alive = true;
        peer.hostUp = true;
        if (random.nextInt(3) == 0) {
            peer.port += 100;
        }
        sim.say("starts: " + peer);
        Life life = peer.life;
        sim.later(random.nextInt(500), () -> {
            if (peer.life.equals(life) && peer.alive) {
                sim.register(peer);
            }
        });
        sim.later(random.nextInt(1_000), () -> addMember(life));
        if (random.nextInt(3) == 0) {
            // Late news of the last life.
            sim.later(random.nextInt(1_500), () -> sim.closed(peer, before));
            sim.later(random.nextInt(800), () -> addMember(before));
            sim.later(1_000 + random.nextInt(800), () -> removeMember(before));
        }
    }

    void registerAgain(SimPeer peer) {
        if (peer.alive && !sim.watchedIds().contains(peer.id)) {
            if (peer.isReachable()) {
                sim.register(peer);
                addMember(peer.life);
            } else {
                sim.later(500, () -> registerAgain(peer));
            }
        }
    }

    private void cut(SimPeer peer, int way, int ms) {
        sim.say("cut " + way + " for " + ms + ": " + peer);
        peer.cut(way != 1, way != 2, sim.now);
        Life life = peer.life;
        if (random.nextBoolean()) {
            sim.later(random.nextInt(1_000), () -> sim.closed(peer, life));
        }
        if (random.nextBoolean()) {
            sim.later(random.nextInt(2_000), () -> removeMember(life));
        }
        sim.later(ms, () -> {
            peer.cut(false, false, sim.now);
            sim.say("mended: " + peer);
            sim.later(random.nextInt(2_000), () -> {
                if (peer.alive) {
                    addMember(peer.life);
                }
            });
        });
        sim.later(4_000, () -> {
            if (!peer.isReachable() && sim.watches(peer) && random.nextBoolean()) {
                sim.say("session ended: " + peer);
                sim.forget(peer);
                sim.later(500, () -> registerAgain(peer));
            }
        });
    }

    // ---- of the membership

    private void membershipLies(SimPeer peer) {
        Life life = peer.life;
        for (int i = random.nextInt(4); i >= 0; i--) {
            sim.later(random.nextInt(1_500), () -> removeMember(life));
            sim.later(random.nextInt(2_500), () -> addMember(life));
        }
    }

    private void addMember(Life life) {
        if (sim.membershipFrozen) {
            sim.later(300, () -> addMember(life));
        } else {
            sim.membership.add(life);
        }
    }

    private void removeMember(Life life) {
        if (sim.membershipFrozen) {
            sim.later(300, () -> removeMember(life));
        } else {
            sim.membership.remove(life);
        }
    }

    // ---- of the detector's own process

    void ownNext() {
        sim.later(random.nextInt(3_000), () -> {
            ownFault();
            ownNext();
        });
    }

    private void ownFault() {
        switch (random.nextInt(8)) {
            case 0, 1 -> standStill(random.nextInt(450));
            case 2 -> standStill(600 + random.nextInt(4_000));
            case 3 -> {
                sim.exhausted = true;
                sim.peers.forEach(peer -> peer.dueSince = -1);
                sim.later(random.nextInt(2_500), () -> sim.exhausted = false);
            }
            case 4 -> {
                sim.membership.end();
                sim.later(random.nextInt(1_000), this::startMembership);
            }
            case 5 -> {
                sim.membershipFrozen = true;
                sim.later(random.nextInt(2_000), () -> sim.membershipFrozen = false);
            }
            case 6 -> {
                if (sim.membership.isRunning()) {
                    sim.membership.renew();
                }
            }
            default -> {
                sim.controls = false;
                sim.watch();
                sim.later(random.nextInt(1_000), () -> {
                    sim.controls = true;
                    sim.watch();
                });
            }
        }
    }

    private void startMembership() {
        if (!sim.membership.isRunning()) {
            sim.membership.start();
            sim.peers.forEach(peer -> sim.later(random.nextInt(1_000), () -> addMember(peer.life)));
        }
    }

    /** On waking, this broker's membership believes that all others are gone, and then takes them in again. */
    private void standStill(int ms) {
        sim.say("stands still for " + ms);
        sim.oracle.standsStill(sim.now, sim.now + ms);
        sim.pausedUntil = Math.max(sim.pausedUntil, sim.now + ms);
        sim.peers.forEach(peer -> peer.dueSince = -1);
        if (ms > 500) {
            for (SimPeer peer : sim.peers) {
                sim.later(ms + random.nextInt(1_200), () -> removeMember(peer.life));
                sim.later(ms + 1_200 + random.nextInt(1_000), () -> {
                    if (peer.alive) {
                        addMember(peer.life);
                    }
                });
            }
        }
    }
}
