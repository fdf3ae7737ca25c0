package dev.weir.group.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.kafka.common.utils.Utils;

/**
 * A compiled topic expression of bounded cost. RE2J matches in linear time, but nested repetitions make the compiled program
 * grow without bound ({@code ((a{1000}){1000}){1000}}), so an expression's size is estimated before it is compiled.
 */
final class TopicPattern {
    /** Bytes of an expression in UTF-8: it is the key of a record, whose format allows for no more. */
    static final int MAX_BYTES = Short.MAX_VALUE;
    /** Instructions of the compiled program, and estimated ones: as many as the longest list of plain names has. */
    static final int MAX_PROGRAM = 33_000;

    private static final int MAX_DEPTH = 50;
    private static final Compilation TOO_COSTLY = refused("its characters and repetitions compile to more than "
            + MAX_PROGRAM + " instructions, or its groups nest deeper than " + MAX_DEPTH);
    private static final Compilation TOO_DEEP = refused("its groups and repetitions nest too deep");

    private final Pattern pattern;

    private TopicPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Compiles an expression, or says why it is refused. */
    static Compilation compile(String regex) {
        int bytes = Utils.utf8Length(regex);
        if (bytes > MAX_BYTES) {
            return refused("it is " + bytes + " bytes long, more than " + MAX_BYTES);
        }
        if (estimate(regex) > MAX_PROGRAM) {
            return TOO_COSTLY;
        }
        try {
            Pattern pattern = Pattern.compile(regex);
            return pattern.programSize() > MAX_PROGRAM
                    ? TOO_COSTLY
                    : new Compilation(Optional.of(new TopicPattern(pattern)), Optional.empty());
        } catch (PatternSyntaxException e) {
            return refused(e.getDescription());
        } catch (StackOverflowError e) {
            // The compiler recurses, once for each group and each optional repetition.
            return TOO_DEEP;
        }
    }

    private static Compilation refused(String problem) {
        return new Compilation(Optional.empty(), Optional.of(problem));
    }

    /**
     * The outcome of a compilation.
     *
     * @param pattern empty if the expression is refused
     * @param problem why it is refused, in a few words; empty if it is not
     */
    record Compilation(Optional<TopicPattern> pattern, Optional<String> problem) {}

    /** Whether the whole name matches. */
    boolean matches(String topicName) {
        return pattern.matches(topicName);
    }

    /** About how much one match costs. */
    int size() {
        return Math.max(1, pattern.programSize());
    }

    /** An upper estimate of the program's size: atoms, each times the repetitions around it. Above the limits, a large number. */
    private static long estimate(String regex) {
        ArrayDeque<Long> outer = new ArrayDeque<>();
        long size = 0;
        long atom = 0;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            switch (c) {
                case '(' -> {
                    outer.push(size);
                    size = 0;
                    atom = 0;
                }
                case ')' -> {
                    atom = size + 2;
                    size = outer.isEmpty() ? atom : outer.pop() + atom;
                }
                case '{' -> {
                    long extra = atom * (repetitions(regex, i) - 1);
                    size += extra;
                    atom += extra;
                }
                case '\\' -> {
                    i++;
                    atom = 2;
                    size += atom;
                }
                default -> {
                    atom = 2;
                    size += atom;
                }
            }
            if (size > MAX_PROGRAM * 4L || outer.size() > MAX_DEPTH) {
                return Long.MAX_VALUE;
            }
        }
        while (!outer.isEmpty()) {
            size += outer.pop();
        }
        return size / 2;
    }

    /** The larger number in the braces that open here; 1 where they hold none. */
    private static long repetitions(String regex, int open) {
        long most = 1;
        long number = 0;
        for (int i = open + 1; i < regex.length() && regex.charAt(i) != '}'; i++) {
            char c = regex.charAt(i);
            if (c >= '0' && c <= '9') {
                number = Math.min(number * 10 + (c - '0'), MAX_PROGRAM);
                most = Math.max(most, number);
            } else {
                number = 0;
            }
        }
        return most;
    }
}
