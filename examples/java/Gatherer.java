import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;

/** Puts frames together: the JDK gives them in pieces of 16,384 characters. */
record Gatherer(BlockingQueue<String> frames, StringBuilder text) implements WebSocket.Listener {
    /** Stands behind the last frame. */
    static final String END = "{}";

    Gatherer(BlockingQueue<String> frames) {
        this(frames, new StringBuilder());
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence piece, boolean isLast) {
        text.append(piece);
        if (isLast) {
            frames.add(text.toString());
            text.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        frames.add(END);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        frames.add(END);
    }
}
