package dev.weir.network.api;

/** The link of a request that came over no connection. */
final class NoLink implements RequestContext.Link {
    @Override
    public long number() {
        return 0;
    }

    @Override
    public void onAbandoned(Runnable action) {}

    @Override
    public void bytesDone() {}

    @Override
    public void ofBroker() {}

    @Override
    public void alone(Runnable whenSent) {}
}
