import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

interface PageBoundaryState {
  failed: boolean
}

/**
 * A page whose parts can't be loaded (a newer version was installed, the network is gone) leaves the frame standing and
 * says so. Give it a `key` that changes with the page, so that another one is tried.
 */
export class PageBoundary extends Component<{ children: ReactNode }, PageBoundaryState> {
  static getDerivedStateFromError(): PageBoundaryState {
    return { failed: true }
  }

  override state: PageBoundaryState = { failed: false }

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
