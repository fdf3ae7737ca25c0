package dev.weir.controller.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.TopicRecord;
import dev.weir.quorum.Asker;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.ReplicaKey;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.LogFile;
import dev.weir.storage.file.LogFiles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** News wake every fetch that waits for them at once, and most of those want the same bytes. */
class SharedAnswersTest {
    private int reads;

    @Test
    void shouldReadTheNewsOnceForAllThatWaitForThem() throws Exception {
        OneVoter voter = new OneVoter(counting(new InMemoryLogFiles()), Path.of("/data"), 4096, OneVoter.NO_SNAPSHOTS);
        voter.begin();
        List<QuorumAnswer> answers = new ArrayList<>();
        for (int id = 10; id < 30; id++) {
            voter.log().ask(waiting(voter.log(), id), new Asker(id, false), answered(answers));
        }
        voter.run();
        long end = voter.log().nextOffset();
        reads = 0;

        voter.commit(new TopicRecord("news", new Uuid(3, 3)));
        int readsForAll = reads;
        assertThat(answers).hasSize(20).allMatch(answer -> answer.bytes()
                .equals(answers.get(0).bytes()));
        assertThat(answers.get(0).bytes().remaining()).isPositive();
        Fetch late = new Fetch(
                new ReplicaKey(40, new Uuid(9, 40)),
                voter.log().epoch(),
                end,
                voter.log().epoch(),
                end,
                0);
        voter.log().ask(late, new Asker(40, false), answered(answers));
        assertThat(reads).isEqualTo(2 * readsForAll).isPositive();
        voter.close();
    }

    private static Fetch waiting(MetadataLog log, int id) {
        long end = log.nextOffset();
        return new Fetch(new ReplicaKey(id, new Uuid(9, id)), log.epoch(), end, log.epoch(), end, 10_000);
    }

    private static PeerRequest answered(List<QuorumAnswer> answers) {
        return new PeerRequest() {
            @Override
            public void answered(QuorumAnswer answer) {
                answers.add(answer);
            }

            @Override
            public void failed(Errors error) {
                throw new AssertionError(error);
            }
        };
    }

    /** These files, with each read of one counted. */
    private LogFiles counting(LogFiles files) {
        return proxy(LogFiles.class, files, result -> result instanceof LogFile file ? counted(file) : result);
    }

    private LogFile counted(LogFile file) {
        return proxy(LogFile.class, file, result -> result);
    }

    private <T> T proxy(Class<T> type, T target, Function<Object, Object> result) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            if (method.getName().startsWith("read")) {
                reads++;
            }
            try {
                return result.apply(method.invoke(target, args));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
