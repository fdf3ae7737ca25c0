package dev.weir.metadata;

import dev.weir.bus.Address;
import dev.weir.bus.LocalBus;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * How verticles learn of the cluster's images. Whoever keeps something in step with them follows in one way: it subscribes first,
 * and is then given the whole image, in order with every later change. Immutable; shared by all verticles.
 */
public final class ImageClient {
    private static final int IN_FLIGHT = 10_000;

    /** The newest committed image. Served by the controller's thread, which publishes the changes. */
    public static final Address<Boolean, ClusterImage> NEWEST = new Address<>("controller.image", IN_FLIGHT);

    private final LocalBus bus;

    public ImageClient(LocalBus bus) {
        this.bus = bus;
    }

    /** The newest image that this broker's controller knows to be committed. */
    public Future<ClusterImage> newest() {
        return bus.ask(NEWEST, true);
    }

    /**
     * Follows the images on the calling verticle's context: first the step from an image that is known already to the newest one,
     * unless they are the same, then each change. Completes after that step.
     *
     * @param known the follower's image, on which the first step builds; an empty one if it has none
     */
    public Future<Void> follow(ClusterImage known, Consumer<ImageChange> follower) {
        boolean[] given = {false};
        bus.subscribe(MetadataUpdates.CHANGES, change -> {
            if (given[0]) {
                follower.accept(change);
            }
        });
        // Asked for after the subscription: the answer comes after all changes that it holds, and before those it does
        // not.
        return newest().map(image -> {
            given[0] = true;
            if (image != known) {
                follower.accept(ImageChange.everything(known, image));
            }
            return null;
        });
    }
}
