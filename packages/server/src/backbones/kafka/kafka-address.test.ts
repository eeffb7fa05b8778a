import { expect, test } from 'vitest'
import { parseKafkaAddress } from './kafka-address.ts'

test.each([
  ['kafka://localhost', ['localhost:9092'], 'dovetail-bells'],
  ['KAFKA://localhost/b', ['localhost:9092'], 'b'],
  ['kafka://a:1,b.example:2/', ['a:1', 'b.example:2'], 'dovetail-bells'],
  ['kafka://[::1]:9093,c/shop.bells_2', ['[::1]:9093', 'c:9092'], 'shop.bells_2'],
])('%s', (url, brokers, topic) => {
  expect(parseKafkaAddress(url)).toEqual({ brokers, topic, isOverTls: false, signIn: null })
})

test.each([
  ['kafkas://a', true, null],
  ['kafka://u:p@a', false, { mechanism: 'SCRAM-SHA-512', user: 'u', password: 'p' }],
  ['kafkas://u:p%40%2F:%3F@a,b/t?mechanism=plain', true, { mechanism: 'PLAIN', user: 'u', password: 'p@/:?' }],
  ['kafkas://u:p@a?mechanism=scram-sha-256', true, { mechanism: 'SCRAM-SHA-256', user: 'u', password: 'p' }],
])('a Kafka address over TLS with a sign-in is parsed: %s', (url, isOverTls, signIn) => {
  expect(parseKafkaAddress(url)).toMatchObject({ isOverTls, signIn })
})

test.each([
  ['kafka:', /it is not kafka:\/\//],
  ['kafka://', /it is not kafka:\/\//],
  ['kafka://a:1,,b', /"" is no address/],
  ['kafka://a:0', /"a:0" is no address/],
  ['kafka://secret@a:1', /^before the @ stands user:password$/],
  ['kafka://user:secret%@a:1', /^what stands before the @ is not percent-encoded$/],
  ['kafka://user:sec/ret@a:1', /^(?!.*ret).*it is not kafka:/],
  ['kafka://user:secret@a:1?mechanism=gssapi', /^"gssapi" is no mechanism to sign in by; there are SCRAM/],
  ['kafka://user:secret@a:1?sasl=plain', /^"sasl" is no parameter of it/],
  ['kafka://a:1?mechanism=plain', /takes user:password@/],
  ['kafka://a/b/c', /it is not kafka:\/\//],
  ['kafka://a/..', /".." is no name/],
  ['kafka://a/b c', /"b c" is no name/],
])('a Kafka address is refused: %s', (url, words) => {
  expect(() => parseKafkaAddress(url)).toThrow(words)
})
