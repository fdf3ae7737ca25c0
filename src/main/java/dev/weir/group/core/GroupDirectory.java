package dev.weir.group.core;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The groups of one coordinator, of either kind. */
public interface GroupDirectory {
    /** Null where there is no such group; a group that only holds offsets is one. */
    @Nullable
    Group find(String groupId);

    Collection<Group> groups();
}
