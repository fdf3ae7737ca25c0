package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigResourceListTest {
    private final ConfigResourceList resources =
            new ConfigResourceList(List.of("a", "b"), List.of(1, 2), List.of("readers"));

    @ParameterizedTest
    @CsvSource({
        "1, '', 'TOPIC a,TOPIC b,BROKER 1,BROKER 2,BROKER_LOGGER 1,BROKER_LOGGER 2,GROUP readers'",
        "1, 2, 'TOPIC a,TOPIC b'",
        "1, 4;32, 'BROKER 1,BROKER 2,GROUP readers'",
        "1, 16, ''",
        "0, '', ''"
    })
    void shouldListTheTypesThatAreAskedFor(short version, String types, String listed) {
        // given
        List<Byte> ids = new ArrayList<>();
        for (String type : types.isEmpty() ? new String[0] : types.split(";")) {
            ids.add(Byte.valueOf(type));
        }

        // when
        ListConfigResourcesResponseData response =
                resources.answer(new ListConfigResourcesRequestData().setResourceTypes(ids), version);

        // then
        assertThat(response.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(String.join(
                        ",",
                        response.configResources().stream()
                                .map(r -> ConfigResource.Type.forId(r.resourceType()) + " " + r.resourceName())
                                .toList()))
                .isEqualTo(listed);
    }

    @Test
    void shouldRefuseATypeThatIsNotKnown() {
        // when
        ListConfigResourcesResponseData response =
                resources.answer(new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) 99)), (short) 1);

        // then
        assertThat(response.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(response.configResources()).isEmpty();
    }
}
