package dev.weir.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestEnvelopeTest {
    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void shouldReadTheHeaderOfEveryApiAndStopAtTheBody(ApiKeys api) {
        for (short version = api.oldestVersion(); version <= api.latestVersion(true); version++) {
            ByteBuffer frame = frame(api, version, 3);

            RequestEnvelope envelope = RequestEnvelope.parse(frame);

            assertThat(envelope.api()).isEqualTo(api);
            assertThat(envelope.version()).isEqualTo(version);
            assertThat(envelope.correlationId()).isEqualTo(77);
            assertThat(Objects.requireNonNull(envelope.header()).clientId()).isEqualTo("client");
            assertThat(frame.remaining()).isEqualTo(3);
        }
    }

    @Test
    void shouldRefuseEveryFrameThatEndsInTheHeader() {
        ByteBuffer whole = frame(ApiKeys.METADATA, (short) 12, 0);
        for (int length = 0; length < whole.limit(); length++) {
            ByteBuffer cut = whole.duplicate().limit(length);

            assertThatThrownBy(() -> RequestEnvelope.parse(cut)).isInstanceOf(InvalidRequestException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {-1, 999, Short.MAX_VALUE, Short.MIN_VALUE})
    void shouldRefuseAnUnknownApi(short key) {
        ByteBuffer frame = ByteBuffer.allocate(10)
                .putShort(key)
                .putShort((short) 0)
                .putInt(1)
                .putShort((short) -1);

        assertThatThrownBy(() -> RequestEnvelope.parse(frame.flip()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(Short.toString(key));
    }

    @ParameterizedTest
    @ValueSource(shorts = {-1, 0, 99})
    void shouldRefuseAVersionThatNoKafkaHas(short version) {
        ByteBuffer frame = ByteBuffer.allocate(10)
                .putShort(ApiKeys.PRODUCE.id)
                .putShort(version)
                .putInt(1)
                .putShort((short) -1);

        assertThatThrownBy(() -> RequestEnvelope.parse(frame.flip())).isInstanceOf(InvalidRequestException.class);
    }

    @ParameterizedTest
    @ValueSource(shorts = {-1, 99, Short.MAX_VALUE})
    void shouldLetAnApiVersionsRequestOfAnyVersionThrough(short version) {
        ByteBuffer frame = ByteBuffer.allocate(8)
                .putShort(ApiKeys.API_VERSIONS.id)
                .putShort(version)
                .putInt(42);

        RequestEnvelope envelope = RequestEnvelope.parse(frame.flip());

        assertThat(envelope.header()).isNull();
        assertThat(envelope.correlationId()).isEqualTo(42);
    }

    private static ByteBuffer frame(ApiKeys api, short version, int bodyBytes) {
        RequestHeader header = new RequestHeader(api, version, "client", 77);
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer();
        return ByteBuffer.allocate(bytes.remaining() + bodyBytes).put(bytes).position(0);
    }
}
