package dev.weir.it;

/** A member of a group that can be made to come, leave and die. */
interface ChurnMember {
    /** How the ledger calls it. */
    String name();

    /** Joins the group; does not wait until it is in. */
    void join();

    /** Leaves the group in order; returns when it has. */
    void leave();

    /** Dies without a word. */
    void kill();
}
