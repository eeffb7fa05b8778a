import { mavenJars } from './maven-jars.ts'

/** The folder of Kafka's own jars. */
export function kafkaJars(): Promise<string> {
  return mavenJars({ name: 'kafka', group: 'org.apache.kafka', artifact: 'kafka_2.13', version: '4.1.1' })
}
