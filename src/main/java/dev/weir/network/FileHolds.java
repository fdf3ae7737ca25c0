package dev.weir.network;

import dev.weir.protocol.FileBytes;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/** Finds the file slices of a response that will never be sent and lets their segments go. */
final class FileHolds {
    private FileHolds() {}

    static void release(ApiMessage response) {
        if (response instanceof FetchResponseData fetch) {
            fetch.responses().forEach(topic -> topic.partitions().forEach(partition -> {
                if (partition.records() instanceof FileBytes bytes) {
                    bytes.release();
                }
            }));
        }
    }
}
