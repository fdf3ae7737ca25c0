package dev.weir.network.api;

import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/**
 * The operations that a client may perform, as the bit fields of the protocol (KIP-430). Without an authorizer everybody may
 * do everything.
 */
final class Operations {
    static final int NOT_ASKED = Integer.MIN_VALUE;
    static final int TOPIC = bits(List.of(
            AclOperation.READ,
            AclOperation.WRITE,
            AclOperation.CREATE,
            AclOperation.DESCRIBE,
            AclOperation.DELETE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS));
    static final int CLUSTER = bits(List.of(
            AclOperation.CREATE,
            AclOperation.CLUSTER_ACTION,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS,
            AclOperation.IDEMPOTENT_WRITE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE));

    static final int GROUP = bits(List.of(
            AclOperation.READ,
            AclOperation.DESCRIBE,
            AclOperation.DELETE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS));

    private Operations() {}

    private static int bits(List<AclOperation> operations) {
        return operations.stream().mapToInt(o -> 1 << o.code()).reduce(0, (a, b) -> a | b);
    }
}
