"""The client of openapi-python-client: writes, reads and deletes a message, and reads the changes."""

import sys

from dovetail_contract import AuthenticatedClient, Client
from dovetail_contract.api.reading_on import follow_channel
from dovetail_contract.api.records import create_record, delete_record, read_page, read_record
from dovetail_contract.api.users import admit_guest
from dovetail_contract.models import GuestRequest

nobody = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
token = admit_guest.sync(client=nobody, body=GuestRequest()).token
client = AuthenticatedClient(base_url=sys.argv[1], token=token)
channel = "chat:python-client"
text = {"text": "hello"}
message = create_record.sync(channel, "messages", client=client, body=text, idempotency_key="one")
again = create_record.sync(channel, "messages", client=client, body=text, idempotency_key="one")
page = read_page.sync(channel, "messages", client=client)
print(page.records[0].data["text"], len(page.records), again.id == message.id)
delete_record.sync_detailed(channel, "messages", message.id, client=client)
changes = follow_channel.sync(channel, client=client, after=page.cursor).changes
print("deleted", changes[0].record.deleted)
print("refused", read_record.sync(channel, "messages", message.id, client=client).status)
