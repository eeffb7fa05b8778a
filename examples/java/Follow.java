import java.io.IOException;
import java.net.URI;
import java.net.http.*;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.*;

/**
 * Follows a channel: a page by REST, then a WebSocket from its cursor, without a gap and without a repeat.
 *
 *   javac *.java && java Follow http://localhost:4600 chat:general
 *
 * It comes back from every cut by its cursor, and refreshes its guest token while the connection is open. Prints a line of
 * JSON for each record: the page's, then each change; {"reset":true} says that all lines before it are void.
 */
final class Follow {
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final Map<String, Long> revs = new HashMap<>();
    private final String base, channel;
    private String token = System.getenv("DOVETAIL_TOKEN"), cursor;
    private int failures;

    /** Why the server did not do what it was asked for. */
    private static final class Refused extends IOException {
        final Json problem;

        Refused(Json problem) {
            super(problem.raw);
            this.problem = problem;
        }
    }

    private Follow(String... args) {
        base = args[0];
        channel = args[1];
    }

    private Json ask(String method, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
        if (token != null) request.header("authorization", "Bearer " + token);
        var reply = http.send(request.method(method, HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        if (reply.statusCode() >= 400) throw new Refused(Json.parse(reply.body()));
        return Json.parse(reply.body());
    }

    /** A guest's own token gives a fresh one for the same guest. */
    private void renew() throws IOException, InterruptedException {
        token = ask("POST", "/v1/guests").get("token").string();
    }

    /** The higher revision wins, from wherever it comes. */
    private void take(Json record) {
        long rev = record.get("rev").number();
        if (rev <= revs.getOrDefault(record.get("id").string(), 0L)) return;
        revs.put(record.get("id").string(), rev);
        System.out.println(record.raw);
    }

    /** A page, where none is held, and one connection until it ends. */
    private void follow() throws Exception {
        if (cursor == null) {
            Json page = ask("GET", "/v1/channels/" + channel + "/messages?limit=50");
            page.get("records").items().forEach(this::take);
            cursor = page.get("cursor").string();
        }
        BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        var address = URI.create(base.replaceFirst("http", "ws") + "/v1/ws");
        var socket = http.newWebSocketBuilder().buildAsync(address, new Gatherer(frames)).get(30, TimeUnit.SECONDS);
        try {
            send(socket, "{\"id\":1,\"op\":\"hello\",\"token\":\"" + token + "\"}");
            send(socket, "{\"id\":2,\"op\":\"subscribe\",\"channel\":\"" + channel + "\",\"after\":\"" + cursor + "\"}");
            String frame = next(frames, socket);
            for (; frame != null && receive(socket, Json.parse(frame)); frame = next(frames, socket)) failures = 0;
        } finally {
            socket.abort();
        }
    }

    /** Null: the line is dead. The JDK does not always tell that a connection was cut, so a silent one is asked. */
    private static String next(BlockingQueue<String> frames, WebSocket socket) throws Exception {
        String frame = frames.poll(5, TimeUnit.SECONDS);
        if (frame != null) return frame;
        send(socket, "{\"id\":4,\"op\":\"ping\"}");
        return frames.poll(5, TimeUnit.SECONDS);
    }

    private static void send(WebSocket socket, String command) throws Exception {
        socket.sendText(command, true).get(10, TimeUnit.SECONDS);
    }

    /** Whether the connection goes on. */
    private boolean receive(WebSocket socket, Json frame) throws Exception {
        if (frame.get("error").get("code").string() != null) throw new Refused(frame.get("error"));
        if (frame.raw.equals(Gatherer.END)) return false;
        String resume = frame.get("ok").get("resume").string(), op = frame.get("op").string();
        switch (op != null ? op : resume != null ? resume : "") {
            case "changes" -> {
                for (Json change : frame.get("changes").items())
                    if (change.get("collection").string().equals("messages")) take(change.get("record"));
                cursor = frame.get("cursor").string();
            }
            case "reset" -> { // what is held is void: the page is read again
                System.out.println("{\"reset\":true}");
                revs.clear();
                cursor = null;
                return false;
            }
            case "ended" -> throw new Refused(frame);
            case "expiring" -> {
                renew();
                send(socket, "{\"id\":3,\"op\":\"hello\",\"token\":\"" + token + "\"}");
            }
            case "goaway" -> {
                Thread.sleep(frame.get("reconnectInMs").number());
                return false;
            }
            default -> { }
        }
        return true;
    }

    public static void main(String[] args) throws Exception {
        var follower = new Follow(args);
        boolean isStale = follower.token == null;
        for (long waitMs = 0; ; waitMs = 0) {
            try {
                if (isStale) follower.renew();
                isStale = false;
                follower.follow();
            } catch (Refused refused) {
                String code = refused.problem.get("code").string();
                isStale = code != null && (code.equals("unauthenticated") || code.equals("token_expired"));
                if (!isStale && !refused.problem.get("retryable").isTrue()) throw refused;
                waitMs = refused.problem.get("retryAfter").number() * 1000;
            } catch (Exception error) {
                System.err.println(error + ": again soon");
            }
            Thread.sleep(waitMs + (long) (Math.random() * (500 << follower.failures)));
            follower.failures = Math.min(follower.failures + 1, 6);
        }
    }
}
