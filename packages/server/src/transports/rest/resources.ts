/** All resources of the server except the web app, in the order of the OpenAPI document. */
import type { Resource } from '../contract/operation.ts'
import type { TransportContext } from '../transport-context.ts'
import { batchResources } from './batch.ts'
import { changeResources } from './changes.ts'
import { channelResources } from './channels.ts'
import { documentResources } from './documents.ts'
import { channelFileResources } from './files/channel-files.ts'
import { fileBytesResources } from './files/file-bytes.ts'
import { consumerWorkResources } from './followers/consumer-work.ts'
import { consumerResources } from './followers/consumers.ts'
import { followResources } from './followers/follow.ts'
import { healthResources, readinessOf } from './health.ts'
import { limitResources } from './limits.ts'
import { metricResources } from './metrics.ts'
import { myChannelResources } from './my-channels.ts'
import { docsPageResources } from './pages/docs-page.ts'
import { errorPageResources } from './pages/error-pages.ts'
import { presenceResources } from './presence.ts'
import { profileResources } from './profiles.ts'
import { recordResources } from './records.ts'
import { searchResources } from './search.ts'
import { apiKeyResources } from './sign-in/api-keys.ts'
import { guestResources } from './sign-in/guests.ts'
import { rightsResources } from './sign-in/rights.ts'
import { sessionResources } from './sign-in/sessions.ts'
import { signalResources } from './signals.ts'
import { socketResources } from './socket-address.ts'
import { statusResources } from './status.ts'
import { exportResources } from './transfer/export.ts'
import { importResources } from './transfer/import.ts'
import { personResources } from './transfer/person.ts'
import { schemaResources } from './transfer/schema.ts'
import { webhookResources } from './webhooks/webhooks.ts'

/** @param hasApp whether the web app is served too, which has the guide */
export function resourcesOf(context: TransportContext, hasApp: boolean): readonly Resource[] {
  const readiness = readinessOf(context)
  const all: readonly Resource[] = [
    ...channelResources(context),
    ...recordResources(context),
    ...batchResources(context),
    ...importResources(context),
    ...exportResources(context),
    ...changeResources(context),
    ...followResources(context),
    ...consumerResources(context),
    ...consumerWorkResources(context),
    ...presenceResources(context),
    ...signalResources(context),
    ...searchResources(context),
    ...channelFileResources(context),
    ...fileBytesResources(context),
    ...profileResources(context),
    ...myChannelResources(context),
    ...guestResources(context),
    ...sessionResources(context),
    ...apiKeyResources(context),
    ...webhookResources(context),
    ...rightsResources(context),
    ...personResources(context),
    ...schemaResources(context),
    ...statusResources(context),
    ...limitResources(context),
    ...healthResources(context, readiness),
    ...metricResources(context, readiness),
    ...documentResources(() => all, context.basePath),
    ...socketResources(context),
    ...docsPageResources(hasApp),
    ...errorPageResources(),
  ]
  return all
}
