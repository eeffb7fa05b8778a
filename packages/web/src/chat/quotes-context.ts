import { createContext } from 'react'
import type { Quotes } from './quotes.ts'

export const QuotesContext = createContext<Quotes | null>(null)
