/** What one node did for one webhook since its start. */
export class WebhookCounts {
  accepted = 0
  failed = 0
  givenUp = 0
  /** Events that were given up and left the list, as others came. */
  lost = 0
}
