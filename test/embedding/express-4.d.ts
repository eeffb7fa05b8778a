/** Express 4, installed under another name beside 5: what the tests use of it has the same types. */
declare module 'express-4' {
  export { default } from 'express'
}
