package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileDescriptorsTest {
    @Test
    void shouldLeaveSomeForBrokersHoweverManyConnectionsClientsOpen() {
        FileDescriptors few = new FileDescriptors(1_024);

        assertThat(few.ofLogs()).isEqualTo(512);
        assertThat(few.ofClients(Integer.MAX_VALUE)).isEqualTo(384);
        assertThat(few.ofClients(100)).isEqualTo(100);
    }

    @Test
    void shouldBoundTheFilesOfLogsWhereMuchMayBeOpened() {
        FileDescriptors many = new FileDescriptors(1 << 20);

        assertThat(many.ofLogs()).isEqualTo(4_096);
        assertThat(many.ofClients(Integer.MAX_VALUE)).isEqualTo(((1 << 20) - 4_096) / 4 * 3);
    }

    @Test
    void shouldTakeTheSettingWhereNoLimitIsKnown() {
        assertThat(new FileDescriptors(0).ofClients(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
        assertThat(FileDescriptors.ofProcess().ofClients(10)).isEqualTo(10);
    }
}
