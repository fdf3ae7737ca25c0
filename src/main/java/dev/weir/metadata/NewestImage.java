package dev.weir.metadata;

/**
 * The newest committed image, for every thread to read. Written by the controller alone, before it answers, so that whoever
 * has heard of a change finds it here on any event loop. Events on the bus come in order, but perhaps after a request.
 */
public final class NewestImage {
    private volatile ClusterImage image;

    public NewestImage(ClusterImage image) {
        this.image = image;
    }

    /** The image; never older than one that was read before. */
    public ClusterImage get() {
        return image;
    }

    /** Replaces the image by a newer one. To be called by its one writer, after the change is announced on the bus. */
    public void set(ClusterImage newer) {
        image = newer;
    }
}
