import { describe } from 'vitest'
import { changesContract } from './store-contract/changes.contract.ts'
import { channelsContract } from './store-contract/channels.contract.ts'
import { commitContract } from './store-contract/commit.contract.ts'
import { dataContract } from './store-contract/data.contract.ts'
import { durableContract, historyContract } from './store-contract/history.contract.ts'
import { importsContract } from './store-contract/imports.contract.ts'
import { keysContract } from './store-contract/keys.contract.ts'
import { pagesContract } from './store-contract/pages.contract.ts'
import { searchContract } from './store-contract/search.contract.ts'
import type { OpenDurableStore, OpenStore } from './store-contract/store.fixture.ts'
import { surplusContract } from './store-contract/surplus.contract.ts'
import { tombstonesContract } from './store-contract/tombstones.contract.ts'

/** What every store promises. `open` gives an empty one each time. */
export function storeContract(name: string, open: OpenStore): void {
  describe(name, () => {
    commitContract(open)
    keysContract(open)
    tombstonesContract(open)
    pagesContract(open)
    changesContract(open)
    channelsContract(open)
    dataContract(open)
    importsContract(open)
    surplusContract(open)
    historyContract(open)
    searchContract(open)
  })
}

/** What a store promises in addition where its data outlives the process. */
export function durableStoreContract(name: string, open: OpenDurableStore): void {
  storeContract(name, async () => (await open()).store)
  describe(name, () => durableContract(open))
}
