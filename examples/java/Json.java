import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON, for want of a library: take the one of your program in its place. */
final class Json {
    /** The text of this value as it came. */
    final String raw;
    private final Map<String, Json> members = new LinkedHashMap<>();
    private final List<Json> items = new ArrayList<>();
    private final String string;

    private Json(String raw, String string) {
        this.raw = raw;
        this.string = string;
    }

    static Json parse(String text) {
        return new Reader(text).value();
    }

    /** A member of an object; one without anything in it where there is none. */
    Json get(String name) {
        return members.getOrDefault(name, new Json("null", null));
    }

    List<Json> items() {
        return items;
    }

    /** The text of a string; null: it is none. */
    String string() {
        return string;
    }

    boolean isTrue() {
        return raw.equals("true");
    }

    /** A number; 0: it is none. */
    long number() {
        return raw.matches("-?\\d+(\\.\\d+)?") ? (long) Double.parseDouble(raw) : 0;
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        Json value() {
            skipSpace();
            int start = at;
            char first = text.charAt(at);
            if (first == '"') {
                String string = string();
                return new Json(text.substring(start, at), string);
            }
            if (first != '{' && first != '[') {
                while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) at++;
                return new Json(text.substring(start, at), null);
            }
            Map<String, Json> members = new LinkedHashMap<>();
            List<Json> items = new ArrayList<>();
            at++;
            for (skipSpace(); text.charAt(at) != '}' && text.charAt(at) != ']'; skipSpace()) {
                if (text.charAt(at) == ',') at++;
                skipSpace();
                if (first == '[') {
                    items.add(value());
                    continue;
                }
                String name = string();
                skipSpace();
                at++; // the colon
                members.put(name, value());
            }
            at++;
            Json whole = new Json(text.substring(start, at), null);
            whole.members.putAll(members);
            whole.items.addAll(items);
            return whole;
        }

        private String string() {
            StringBuilder read = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char next = text.charAt(at);
                if (next == '\\') {
                    next = text.charAt(++at);
                    int plain = "bfnrt".indexOf(next);
                    if (plain >= 0) next = "\b\f\n\r\t".charAt(plain);
                    else if (next == 'u') {
                        next = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                        at += 4;
                    }
                }
                read.append(next);
            }
            at++;
            return read.toString();
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        }
    }
}
