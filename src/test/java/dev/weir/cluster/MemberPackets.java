package dev.weir.cluster;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;

/** What a stranger may send to the port of a member. */
public final class MemberPackets {
    private static final byte VERSION = 4;
    private static final char EVENT = 0x04;
    private static final int JAVA_SERIALISATION = -100;

    private MemberPackets() {}

    /** An object in Java's serialisation. */
    public static byte[] serialised(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    /** A packet of the member protocol with an event that holds such an object. */
    public static byte[] event(Object object) throws IOException {
        byte[] serialised = serialised(object);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBytes("HZC");
        out.writeByte(VERSION);
        out.writeChar(EVENT);
        out.writeInt(0);
        out.writeInt(8 + serialised.length);
        out.writeInt(0);
        out.writeInt(JAVA_SERIALISATION);
        out.write(serialised);
        return bytes.toByteArray();
    }
}
