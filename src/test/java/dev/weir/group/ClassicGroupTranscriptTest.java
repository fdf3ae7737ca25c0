package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.heartbeat;
import static dev.weir.group.ClassicRequests.join;
import static dev.weir.group.ClassicRequests.leave;
import static dev.weir.group.ClassicRequests.sync;
import static dev.weir.group.ClassicRequests.who;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.group.classic.ClassicRebalance;
import dev.weir.group.core.GroupRules;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whole conversations with a classic group: every answer, record and timer that follows, in {@code resources/group}. */
class ClassicGroupTranscriptTest {
    private static final String JOIN = ClassicRebalance.JOIN;
    private static final String SYNC = ClassicRebalance.SYNC;
    private static final String SESSION = ClassicRebalance.SESSION;

    private GroupTranscript talk = new GroupTranscript(GroupRules.of(BrokerConfig.defaults()));

    @Test
    void shouldFormAGroupOfTwoAndLetThemLeave() {
        talk.say("join", join("", "range"), 9)
                .say("join", join("", "range"), 9)
                .say("join 1", join("client-1", "range"), 9)
                .say("join 2", join("client-2", "range"), 9)
                .fire(JOIN, "")
                .fire(JOIN, "")
                .say("sync 2", sync("client-2", 1, Map.of()), 5)
                .say("heartbeat 2", heartbeat("client-2", 1), 4)
                .say("commit 2", commit("client-2", 1, "t", 0, 5), 9)
                .say("sync 1", sync("client-1", 1, Map.of("client-1", "A", "client-2", "B")), 5)
                .say("commit 2", commit("client-2", 1, "t", 0, 5), 9)
                .say("leave 2", leave(who("client-2", null)), 5)
                .say("heartbeat 1", heartbeat("client-1", 1), 4)
                .say("join 1", join("client-1", "range"), 9)
                .say("sync 1", sync("client-1", 2, Map.of("client-1", "AB")), 5)
                .say("leave 1", leave(who("client-1", null)), 5);

        Golden.assertMatches("form-and-leave", talk.text());
    }

    @Test
    void shouldLetAStaticLeaderRestartWithoutARebalance() {
        stableStaticPair();

        talk.say("join i1 anew", join("", "range").setGroupInstanceId("i1"), 9)
                .say("heartbeat of the former", heartbeat("i1-1", 1).setGroupInstanceId("i1"), 4)
                .say("heartbeat of the new", heartbeat("i1-3", 1).setGroupInstanceId("i1"), 4)
                .say("sync of the new", sync("i1-3", 1, Map.of()).setGroupInstanceId("i1"), 5)
                .say("join i1 anew, of an old client", join("", "range").setGroupInstanceId("i1"), 8)
                .say("join i2 with a protocol more", join("", "range", "sticky").setGroupInstanceId("i2"), 9);

        Golden.assertMatches("static-restart", talk.text());
    }

    @Test
    void shouldFenceAStaticMemberWhoseInstanceJoinsTwice() {
        stableStaticPair();

        talk.say("the leader rejoins", join("i1-1", "range").setGroupInstanceId("i1"), 9)
                .say("join i1 by somebody else", join("", "range").setGroupInstanceId("i1"), 9)
                .say("join of the fenced", join("i1-1", "range").setGroupInstanceId("i1"), 9)
                .say("i2 rejoins", join("i2-2", "range").setGroupInstanceId("i2"), 9)
                .say("sync of i2", sync("i2-2", 2, Map.of()).setGroupInstanceId("i2"), 5)
                .say("join i2 by somebody else", join("", "range").setGroupInstanceId("i2"), 9);

        Golden.assertMatches("static-fenced", talk.text());
    }

    @Test
    void shouldKeepStaticMembersUntilTheirSessionsEnd() {
        stableStaticPair();

        talk.say("a dynamic one joins", join("", "range"), 3)
                .fire(JOIN, "")
                .fire(SESSION, "i1-1")
                .fire(SESSION, "i2-2");

        Golden.assertMatches("static-away", talk.text());
    }

    @Test
    void shouldLetAnAdministratorRemoveStaticMembers() {
        stableStaticPair();

        talk.say(
                "remove i1, i9, somebody and i2 by a wrong id",
                leave(who("", "i1"), who("", "i9"), who("nobody", null), who("i2-7", "i2")),
                5);

        Golden.assertMatches("static-removed", talk.text());
    }

    @Test
    void shouldReplaceALeaderThatNeverAssigns() {
        talk.say("join", join("", "range"), 3)
                .say("join", join("", "range"), 3)
                .fire(JOIN, "")
                .fire(JOIN, "")
                .say("sync 2", sync("client-2", 1, Map.of()), 5)
                .fire(SYNC, "")
                .say("heartbeat 1", heartbeat("client-1", 1), 4)
                .say("join 2", join("client-2", "range"), 9)
                .say("sync 2", sync("client-2", 2, Map.of("client-2", "all")), 5);

        Golden.assertMatches("leader-never-assigns", talk.text());
    }

    @Test
    void shouldReplaceALeaderThatDiesWhileAssigning() {
        talk.say("join", join("", "range"), 3)
                .say("join", join("", "range"), 3)
                .fire(JOIN, "")
                .fire(JOIN, "")
                .say("sync 2", sync("client-2", 1, Map.of()), 5)
                .fire(SESSION, "client-1")
                .say("join 2", join("client-2", "range"), 9);

        Golden.assertMatches("leader-dies", talk.text());
    }

    @Test
    void shouldNoticeTheSilent() {
        talk.say("join", join("", "range"), 9).fire(SESSION, "client-1").say("join 1", join("client-1", "range"), 9);
        talk.say("join", join("", "range"), 3)
                .fire(SESSION, "client-2")
                .fire(JOIN, "")
                .say("heartbeat 2", heartbeat("client-2", 0), 4);

        Golden.assertMatches("silent", talk.text());
    }

    @Test
    void shouldAnswerJoinsThatComeAgain() {
        stablePair();

        talk.say("a follower joins unchanged", join("client-2", "range"), 9)
                .say("a follower joins changed", join("client-2", "range", "sticky"), 9)
                .say("and again", join("client-2", "range"), 9)
                .say("the leader joins", join("client-1", "range"), 9)
                .say("and again", join("client-1", "range"), 9)
                .say("sync 1", sync("client-1", 1, Map.of()), 5)
                .say("sync 2", sync("client-2", 2, Map.of()), 5)
                .say("and again", sync("client-2", 2, Map.of()), 5)
                .say("sync 1", sync("client-1", 2, Map.of("client-2", "B")), 5)
                .say("the leader joins", join("client-1", "range"), 9);

        Golden.assertMatches("again", talk.text());
    }

    @Test
    void shouldGoOnAfterACrashWithTheStoredGeneration() {
        stablePair();

        talk.crash()
                .say("heartbeat 1", heartbeat("client-1", 1), 4)
                .say("sync 2", sync("client-2", 1, Map.of()), 5)
                .fire(SESSION, "client-1")
                .say("heartbeat 2", heartbeat("client-2", 1), 4)
                .say("join 2", join("client-2", "range"), 9);

        Golden.assertMatches("crash", talk.text());
    }

    @Test
    void shouldSendEverybodyAwayWhenThePartitionMoves() {
        stablePair();

        talk.say("join 1", join("client-1", "range"), 9)
                .unload()
                .say("join 2", join("client-2", "range"), 9)
                .say("leave 2", leave(who("client-2", null)), 5);

        Golden.assertMatches("unload", talk.text());
    }

    @Test
    void shouldTurnAwayThoseWhoAreTooMany() {
        talk = new GroupTranscript(new GroupRules(3_000, 2, 6_000, 60_000, 300_000, 10, 1_000, 100));
        stablePair();

        talk.say("a third", join("", "range"), 3)
                .say("join 1", join("client-1", "range"), 9)
                .say("a third", join("", "range"), 3)
                .say("join 2", join("client-2", "range"), 9);

        Golden.assertMatches("too-many", talk.text());
    }

    @Test
    void shouldTellTimersOfTheDeadFromThoseOfTheLiving() {
        stablePair();
        talk.say("leave both", leave(who("client-1", null), who("client-2", null)), 5);

        assertThat(talk.driver.timers.keySet()).noneMatch(key -> key.groupId().equals(ClassicRequests.GROUP));
    }

    private void stablePair() {
        talk.say("join", join("", "range"), 3)
                .say("join", join("", "range"), 3)
                .fire(JOIN, "")
                .fire(JOIN, "")
                .say("sync 2", sync("client-2", 1, Map.of()), 5)
                .say("sync 1", sync("client-1", 1, Map.of("client-1", "A", "client-2", "B")), 5);
    }

    private void stableStaticPair() {
        talk.say("join i1", join("", "range").setGroupInstanceId("i1"), 9)
                .say("join i2", join("", "range").setGroupInstanceId("i2"), 9)
                .fire(JOIN, "")
                .fire(JOIN, "")
                .say("sync i2", sync("i2-2", 1, Map.of()).setGroupInstanceId("i2"), 5)
                .say(
                        "sync i1",
                        sync("i1-1", 1, Map.of("i1-1", "A", "i2-2", "B")).setGroupInstanceId("i1"),
                        5);
    }
}
