import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.background.BackgroundEventHandler;
import com.launchdarkly.eventsource.background.BackgroundEventSource;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

/** Follows an event stream with one of Java's SSE libraries and prints what the library hands over. */
public final class Follow {
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("okhttp-sse")) new OkHttpSse(arguments[1]).open();
    else followLaunchDarkly(arguments[1]);
  }

  /** As its README does: it comes back by itself when it is run in the background. */
  private static void followLaunchDarkly(String url) throws InterruptedException {
    BackgroundEventHandler handler = new BackgroundEventHandler() {
      @Override
      public void onOpen() {
        System.out.println("open");
      }

      @Override
      public void onClosed() {
        System.out.println("error closed");
      }

      @Override
      public void onMessage(String type, MessageEvent event) {
        if (type.equals("changes")) System.out.println("changes " + event.getData());
      }

      @Override
      public void onComment(String comment) {}

      @Override
      public void onError(Throwable error) {
        System.out.println("error " + error);
      }
    };
    new BackgroundEventSource.Builder(handler, new EventSource.Builder(URI.create(url))).build().start();
    // Its threads keep no process.
    new CountDownLatch(1).await();
  }

  /** The library does not come back by itself: its users open another source, with the last id, after whatever ended this one but a refusal. */
  private static final class OkHttpSse extends EventSourceListener {
    private final OkHttpClient client = new OkHttpClient();
    private final String url;
    private String lastId;

    OkHttpSse(String url) {
      this.url = url;
    }

    void open() {
      Request.Builder request = new Request.Builder().url(url);
      if (lastId != null) request.header("Last-Event-ID", lastId);
      EventSources.createFactory(client).newEventSource(request.build(), this);
    }

    private void openAgain() {
      try {
        TimeUnit.SECONDS.sleep(2);
      } catch (InterruptedException interrupted) {
        return;
      }
      open();
    }

    @Override
    public void onOpen(okhttp3.sse.EventSource source, Response response) {
      System.out.println("open");
    }

    @Override
    public void onEvent(okhttp3.sse.EventSource source, String id, String type, String data) {
      if (id != null) lastId = id;
      if ("changes".equals(type)) System.out.println("changes " + data);
    }

    @Override
    public void onClosed(okhttp3.sse.EventSource source) {
      System.out.println("error closed");
      openAgain();
    }

    @Override
    public void onFailure(okhttp3.sse.EventSource source, Throwable error, Response response) {
      System.out.println("error " + error);
      if (response != null && response.code() != 200) {
        System.out.println("end refused with " + response.code());
        System.exit(0);
      }
      openAgain();
    }
  }
}
