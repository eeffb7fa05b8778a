import type { Client } from 'dovetail-client'
import type { DataTypes } from './data-types.ts'

export type AppClient = Client<DataTypes>
