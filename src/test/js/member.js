// One member of a group, in JavaScript: `node member.js BOOTSTRAP GROUP TOPIC SESSION_MS`. It says on its standard output what
// it is given and what it gives up, as kcat does, and leaves the group on SIGTERM.
const { Kafka, AssignerProtocol, logLevel } = require('kafkajs')

const [bootstrap, groupId, topic, sessionMs] = process.argv.slice(2)

// The range assignment under the name that other clients know it by, so that they can share a group.
const range = ({ cluster }) => ({
  name: 'range',
  version: 1,
  protocol: ({ topics }) => ({
    name: 'range',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) })
  }),
  assign: async ({ members, topics }) => {
    const ids = members.map(member => member.memberId).sort()
    const shares = new Map(ids.map(id => [id, {}]))
    for (const name of topics) {
      const partitions = cluster
        .findTopicPartitionMetadata(name)
        .map(partition => partition.partitionId)
        .sort((a, b) => a - b)
      partitions.forEach((partition, i) => {
        const share = shares.get(ids[Math.floor((i * ids.length) / partitions.length)])
        share[name] = [...(share[name] || []), partition]
      })
    }
    return ids.map(memberId => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 0,
        assignment: shares.get(memberId),
        userData: Buffer.alloc(0)
      })
    }))
  }
})

const kafka = new Kafka({ clientId: 'javascript', brokers: [bootstrap], logLevel: logLevel.NOTHING })
const consumer = kafka.consumer({
  groupId,
  sessionTimeout: Number(sessionMs),
  rebalanceTimeout: 20000,
  heartbeatInterval: 300,
  // It sends no heartbeat while it waits for data.
  maxWaitTimeInMs: 300,
  partitionAssigners: [range],
  retry: { initialRetryTime: 50, retries: 100 }
})

const show = partitions => partitions.map(partition => `${topic} [${partition}]`).join(', ')

consumer.on(consumer.events.REBALANCING, () => console.log('revoked: all'))
consumer.on(consumer.events.GROUP_JOIN, event =>
  console.log(`revoked: all\nassigned: ${show(event.payload.memberAssignment[topic] || [])}`)
)

process.on('SIGTERM', async () => {
  console.log('revoked: all')
  await consumer.disconnect()
  process.exit(0)
})

const run = async () => {
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async () => {} })
}

run().catch(error => {
  console.error(error)
  process.exit(1)
})
