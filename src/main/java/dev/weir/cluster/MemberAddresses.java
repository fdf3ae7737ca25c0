package dev.weir.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The addresses at which to look for other members. Looking them up may block. */
final class MemberAddresses {
    private final MembershipOptions options;
    private List<Endpoint> ofService = List.of();

    MemberAddresses(MembershipOptions options) {
        this.options = options;
    }

    /** The configured ones, and those that the service's name has now. If it can't be looked up, the last ones stay. */
    List<Endpoint> now() {
        options.service().ifPresent(name -> {
            try {
                ofService = Arrays.stream(InetAddress.getAllByName(name))
                        .map(address -> new Endpoint(address.getHostAddress(), options.port()))
                        .sorted((a, b) -> a.host().compareTo(b.host()))
                        .toList();
            } catch (UnknownHostException e) {
                // The service has no address before its first pod is there.
            }
        });
        return Stream.concat(options.members().stream(), ofService.stream())
                .distinct()
                .limit(MembershipCore.MAX_PEERS)
                .toList();
    }
}
