package dev.weir.broker;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest names. */
final class WeirVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"weir " + text()};
    }

    /** The version, or "unreleased" where classes run outside the jar. */
    static String text() {
        String version = WeirVersion.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
