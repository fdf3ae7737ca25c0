package dev.weir.metadata.record;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Gathers the tagged fields of one structure; they must be added in ascending order of their tags. */
final class TagWriter {
    private record Tag(int number, byte[] value) {}

    private final List<Tag> tags = new ArrayList<>();

    TagWriter add(boolean present, int number, Consumer<FieldWriter> value) {
        if (present) {
            FieldWriter field = new FieldWriter();
            value.accept(field);
            tags.add(new Tag(number, field.toBytes()));
        }
        return this;
    }

    void writeTo(FieldWriter out) {
        out.unsignedVarint(tags.size());
        for (Tag tag : tags) {
            out.unsignedVarint(tag.number());
            out.unsignedVarint(tag.value().length);
            out.bytes(tag.value());
        }
    }
}
