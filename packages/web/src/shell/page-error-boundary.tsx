import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

interface PageErrorBoundaryState {
  failed: boolean
}

/**
 * Shows a notice instead of a page whose code can't be loaded (a newer version was deployed, the network is gone); the
 * shell stays. Needs a `key` that changes with the page, so that the next page is tried.
 */
export class PageErrorBoundary extends Component<{ children: ReactNode }, PageErrorBoundaryState> {
  static getDerivedStateFromError(): PageErrorBoundaryState {
    return { failed: true }
  }

  override state: PageErrorBoundaryState = { failed: false }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return (
      <Notice title="This page could not be loaded" action={<Button onClick={reload}>Load it again</Button>}>
        There may be a newer version of it, or no connection.
      </Notice>
    )
  }
}

function reload(): void {
  window.location.reload()
}
