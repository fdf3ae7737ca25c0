package dev.weir.broker;

/** The entry point of the broker process. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("weir");
    }
}
