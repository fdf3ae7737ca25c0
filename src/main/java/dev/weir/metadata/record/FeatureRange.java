package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;

/**
 * The levels of one feature that a broker can run at.
 *
 * @param name the feature, for example {@code metadata.version}
 * @param min the lowest level, at least 0
 * @param max the highest level, not below {@code min}
 */
public record FeatureRange(String name, short min, short max) {
    static FeatureRange read(FieldReader in) {
        FeatureRange range = new FeatureRange(in.compactString(), in.int16(), in.int16());
        in.skipTags();
        return range;
    }

    static void write(FieldWriter out, FeatureRange range) {
        out.compactString(range.name);
        out.int16(range.min);
        out.int16(range.max);
        out.noTags();
    }
}
