import { expect, test } from 'vitest'
import { parseKafkaAddress } from './kafka-address.ts'

test.each([
  ['kafka://localhost', ['localhost:9092'], 'dovetail-bells'],
  ['kafka://a:1,b.example:2/', ['a:1', 'b.example:2'], 'dovetail-bells'],
  ['kafka://[::1]:9093,c/shop.bells_2', ['[::1]:9093', 'c:9092'], 'shop.bells_2'],
])('%s', (url, brokers, topic) => {
  expect(parseKafkaAddress(url)).toEqual({ brokers, topic })
})

test.each([
  ['kafka:', /kafka:\/\/host:port/],
  ['kafka://', /kafka:\/\/host:port/],
  ['kafka://a:1,,b', /"" is no address/],
  ['kafka://a:0', /"a:0" is no address/],
  ['kafka://user:secret@a:1', /^a user and a password \(SASL\) are not spoken(?!.*secret)/],
  ['kafka://a/b/c', /kafka:\/\/host:port/],
  ['kafka://a/..', /".." is no name/],
  ['kafka://a/b c', /"b c" is no name/],
])('%s is refused', (url, words) => {
  expect(() => parseKafkaAddress(url)).toThrow(words)
})
