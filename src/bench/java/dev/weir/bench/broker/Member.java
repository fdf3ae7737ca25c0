package dev.weir.bench.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * One broker of a cluster in which every broker is a voter, too; the ids begin with 1.
 *
 * @param all the homes of all members, in the order of their ids
 */
public record Member(int id, List<Home> all, String clusterId) {

    public Home home() {
        return all.get(id - 1);
    }

    /** {@code controller.quorum.voters}, with one port of each member. */
    String voters(ToIntFunction<Home> port) {
        List<String> voters = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            voters.add((i + 1) + "@127.0.0.1:" + port.applyAsInt(all.get(i)));
        }
        return String.join(",", voters);
    }
}
