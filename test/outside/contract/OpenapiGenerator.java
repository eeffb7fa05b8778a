import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.ReadingOnApi;
import org.openapitools.client.api.RecordsApi;
import org.openapitools.client.api.UsersApi;
import org.openapitools.client.model.GuestRequest;

/** The client that openapi-generator makes for Java: writes, reads and deletes a message, and reads the changes. */
public class OpenapiGenerator {
    public static void main(String[] args) throws ApiException {
        var client = new ApiClient();
        client.updateBaseUri(args[0]);
        var token = new UsersApi(client).admitGuest(new GuestRequest()).getToken();
        client.setRequestInterceptor(request -> request.header("authorization", "Bearer " + token));
        var records = new RecordsApi(client);
        var channel = "chat:java-generator";
        var text = Map.of("text", "hello");
        var message = records.createRecord(channel, "messages", text, "one", null);
        var again = records.createRecord(channel, "messages", text, "one", null);
        var page = records.readPage(channel, "messages", null, null, null, null, null, null, null);
        var data = (Map<?, ?>) page.getRecords().get(0).getData();
        System.out.println(data.get("text") + " " + page.getRecords().size() + " " + again.getId().equals(message.getId()));
        records.deleteRecord(channel, "messages", message.getId(), null, null, null, null);
        var log = new ReadingOnApi(client);
        var reply = log.followChannel(
            channel, page.getCursor(), null, null, null, null, null, null, null, null, null, null, null);
        // It takes the first schema of a union whose members it can read, whether or not all are there: a tombstone is a
        // record without data to it.
        var record = reply.getChanges().get(0).getRecord();
        System.out.println("deleted " + (record.getLiveRecord().getData() == null));
        try {
            records.readRecord(channel, "messages", message.getId(), null, null);
        } catch (ApiException error) {
            System.out.println("refused " + error.getCode());
        }
    }
}
