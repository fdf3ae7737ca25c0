package dev.weir.partition;

/**
 * A follower's word on where it is, from a fetch that named the current leader epoch and was neither refused nor diverging.
 *
 * @param brokerId the follower
 * @param brokerEpoch of its registration
 * @param fetchOffset it holds everything below, and nothing above
 * @param logStartOffset where its log begins, -1 where it does not say
 * @param atMs when it has asked, on the monotonic clock
 */
record FollowerFetch(int brokerId, long brokerEpoch, long fetchOffset, long logStartOffset, long atMs) {}
