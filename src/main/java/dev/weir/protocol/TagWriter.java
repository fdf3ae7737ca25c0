package dev.weir.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Gathers the tagged fields of one structure; they must be added in ascending order of their tags. */
public final class TagWriter {
    private static final int EXPECTED_BYTES = 32;

    private record Tag(int number, FieldWriter content) {}

    private final List<Tag> tags = new ArrayList<>();

    public TagWriter add(boolean present, int number, Consumer<FieldWriter> value) {
        if (present) {
            FieldWriter content = new FieldWriter(EXPECTED_BYTES);
            value.accept(content);
            tags.add(new Tag(number, content));
        }
        return this;
    }

    public void writeTo(FieldWriter out) {
        out.varint(tags.size());
        tags.forEach(tag -> out.tag(tag.number(), tag.content()));
    }
}
