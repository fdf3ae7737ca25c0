package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionLedgerTest {
    private final PartitionLedger ledger = new PartitionLedger();

    @Test
    void shouldTellOfASecondOwner() {
        ledger.assigned("a", List.of(0, 1));
        ledger.assigned("b", List.of(1));

        assertThat(ledger.faults()).containsExactly("1 given to b while a holds it");
    }

    @Test
    void shouldBearAPartitionThatChangesHands() {
        ledger.assigned("a", List.of(0, 1));
        ledger.revoked("a", List.of(1));
        ledger.assigned("b", List.of(1));
        ledger.died("a");
        ledger.assigned("b", List.of(0));

        assertThat(ledger.faults()).isEmpty();
        assertThat(ledger.isComplete(2)).isTrue();
    }
}
