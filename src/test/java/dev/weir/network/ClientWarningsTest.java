package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.network.ClientWarnings.Kind;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientWarningsTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final ClientWarnings warnings = new ClientWarnings(-5);

    @Test
    void shouldWriteOneLineAMinuteAndSayHowManyWereLeftOut() {
        assertThat(warnings.line(Kind.REQUEST_REJECTED, 0, "bad")).isEqualTo("bad");
        assertThat(warnings.line(Kind.REQUEST_REJECTED, 1, "bad")).isEmpty();
        assertThat(warnings.line(Kind.REQUEST_REJECTED, MINUTE - 1, "bad")).isEmpty();

        assertThat(warnings.line(Kind.REQUEST_REJECTED, MINUTE, "worse"))
                .isEqualTo("worse (and 2 more of this kind since the last line)");
        assertThat(warnings.line(Kind.REQUEST_REJECTED, 3 * MINUTE, "bad")).isEqualTo("bad");
    }

    @Test
    void shouldNotLetOneKindHideAnother() {
        assertThat(warnings.line(Kind.REQUEST_REJECTED, 0, "bad")).isEqualTo("bad");

        assertThat(warnings.line(Kind.CONNECTION_REFUSED, 0, "many")).isEqualTo("many");
    }

    @Test
    void shouldKeepWhatAClientSentInOneShortLine() {
        String line = warnings.line(
                Kind.REQUEST_FAILED, 0, "failed: a\r\n2026-01-01 ERROR forged\u001b[31m\u2028x" + "y".repeat(9_000));

        assertThat(line)
                .startsWith("failed: a 2026-01-01 ERROR forged [31m xyy")
                .hasSizeLessThan(400);
    }
}
