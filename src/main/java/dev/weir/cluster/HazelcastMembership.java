package dev.weir.cluster;

import com.hazelcast.cluster.InitialMembershipEvent;
import com.hazelcast.cluster.InitialMembershipListener;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import dev.weir.cluster.MemberNews.MembersChanged;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** The membership by an embedded Hazelcast member. Used by the thread of {@link MembershipMonitor} only. */
final class HazelcastMembership implements Membership {
    private final MembershipOptions options;

    HazelcastMembership(MembershipOptions options) {
        this.options = options;
        HazelcastConfig.prepareProcess();
    }

    @Override
    public Joined join(List<Endpoint> members, Consumer<MemberNews> listener) throws IOException {
        // A Config that has been used keeps what it was resolved to: each try makes a new one.
        Config config = HazelcastConfig.of(options, members);
        config.addListenerConfig(new ListenerConfig(new MemberListener(listener)));
        HazelcastInstance instance = HazelcastLogging.started(() -> Hazelcast.newHazelcastInstance(config));
        Runnable tell = () -> listener.accept(members(instance.getCluster().getMembers()));
        instance.getLifecycleService().addLifecycleListener(new MergeListener(tell));
        return new Instance(instance);
    }

    private static MembersChanged members(Collection<Member> members) {
        return new MembersChanged(members.stream()
                .limit(MembershipCore.MAX_PEERS + 1L)
                .map(Member::getAttributes)
                .toList());
    }

    /** Tells the whole list, as it is when the event is handled, since after a merge single events do not add up to it. */
    private record MemberListener(Consumer<MemberNews> told) implements InitialMembershipListener {
        @Override
        public void init(InitialMembershipEvent event) {
            told.accept(members(event.getCluster().getMembers()));
        }

        @Override
        public void memberAdded(MembershipEvent event) {
            told.accept(members(event.getCluster().getMembers()));
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            told.accept(members(event.getCluster().getMembers()));
        }
    }

    private record MergeListener(Runnable merged) implements LifecycleListener {
        @Override
        public void stateChanged(LifecycleEvent event) {
            if (event.getState() == LifecycleState.MERGED) {
                merged.run();
            }
        }
    }

    private record Instance(HazelcastInstance instance) implements Joined {
        @Override
        public boolean isRunning() {
            return instance.getLifecycleService().isRunning();
        }

        @Override
        public void lookFor(List<Endpoint> members) {
            instance.getConfig()
                    .getNetworkConfig()
                    .getJoin()
                    .getTcpIpConfig()
                    .setMembers(HazelcastConfig.texts(members));
        }

        @Override
        public void end() {
            // A shutdown waits for the others, one of which may hang; they see the same.
            instance.getLifecycleService().terminate();
        }
    }
}
