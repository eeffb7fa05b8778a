"""The client that openapi-generator makes for Python: writes, reads and deletes a message, and reads the changes."""

import sys

from openapi_client import ApiClient, ApiException, Configuration
from openapi_client.api.reading_on_api import ReadingOnApi
from openapi_client.api.records_api import RecordsApi
from openapi_client.api.users_api import UsersApi

settings = Configuration(host=sys.argv[1])
with ApiClient(settings) as client:
    settings.access_token = UsersApi(client).admit_guest().token
    records, log = RecordsApi(client), ReadingOnApi(client)
    channel = "chat:python-generator"
    message = records.create_record(channel, "messages", {"text": "hello"}, idempotency_key="one")
    again = records.create_record(channel, "messages", {"text": "hello"}, idempotency_key="one")
    page = records.read_page(channel, "messages")
    print(page.records[0].data["text"], len(page.records), again.id == message.id)
    records.delete_record(channel, "messages", message.id)
    changes = log.follow_channel(channel, after=page.cursor).changes
    print("deleted", changes[0].record.actual_instance.deleted)
    try:
        records.read_record(channel, "messages", message.id)
    except ApiException as error:
        print("refused", error.status)
