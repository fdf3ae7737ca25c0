package dev.weir.it;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/** An object that leaves a file behind in whichever process reads it. */
final class Payload implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String marker;

    Payload(Path marker) {
        this.marker = marker.toString();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        Files.createFile(Path.of(marker));
    }
}
