package dev.weir.group.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * A compiled topic expression of bounded cost. RE2J matches in linear time, but nested repetitions make the compiled program
 * grow without bound ({@code ((a{1000}){1000}){1000}}), so an expression's size is estimated before it is compiled.
 */
final class TopicPattern {
    /** Characters of an expression; it is also the key of a record. */
    static final int MAX_LENGTH = 8_192;
    /** Instructions of the compiled program, and estimated ones. */
    static final int MAX_PROGRAM = 1_000;

    private static final int MAX_DEPTH = 50;

    private final Pattern pattern;

    private TopicPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Empty where the expression is invalid or would be too costly. */
    static Optional<TopicPattern> compile(String regex) {
        if (regex.length() > MAX_LENGTH || estimate(regex) > MAX_PROGRAM) {
            return Optional.empty();
        }
        try {
            Pattern pattern = Pattern.compile(regex);
            return pattern.programSize() > MAX_PROGRAM ? Optional.empty() : Optional.of(new TopicPattern(pattern));
        } catch (PatternSyntaxException | StackOverflowError e) {
            // the compiler recurses: once per group and per optional repetition
            return Optional.empty();
        }
    }

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
