/** Metrics of files. Their labels are the codes of refusals, and names of their own, so that no user makes a time series. */
import type { Families } from './families.ts'
import { none, type Watched } from './watched.ts'

export function registerFileMetrics(family: Families, { files }: Watched): void {
  if (files === null) return
  family.counter('dovetail_file_uploads_total', 'Files that were stored.', [], () => [[none, files.uploads]])
  family.counter('dovetail_file_upload_bytes_total', 'Bytes of the files that were stored.', [], () => [
    [none, files.uploadedBytes],
  ])
  family.counter('dovetail_file_refusals_total', 'Announcements and uploads that were refused.', ['code'], () =>
    [...files.refusals].map(([code, count]) => [{ code }, count] as const),
  )
  family.counter('dovetail_file_removals_total', 'Files to be removed, by what came of it.', ['outcome'], () => [
    [{ outcome: 'removed' }, files.removals],
    [{ outcome: 'failed' }, files.removalFailures],
  ])
  family.counter('dovetail_file_storage_errors_total', 'Times that the disk or the bucket failed.', [], () => [
    [none, files.storageErrors],
  ])
}
