package dev.weir.group;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The groups of one coordinator, of either kind. */
interface GroupDirectory {
    /** Null where there is no such group; a group that only holds offsets is one. */
    @Nullable
    Group find(String groupId);

    Collection<Group> groups();
}
