// What @cloud-copilot/iam-simulate decides about the vectors that come in on stdin as JSON, and how long it takes.
// The package is looked for in node_modules. The argument is the number of rounds. Prints {"decisions": [...], "rounds": [...]}.
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const rounds = Number(process.argv[2])
const vectors = JSON.parse(readFileSync(0, 'utf8'))

const WORDS = { Allowed: 'allowed', ExplicitlyDenied: 'explicitDeny', ImplicitlyDenied: 'implicitDeny' }

function simulation({ policies, request }) {
  const of = (kind) =>
    policies.filter((one) => one.kind === kind).map((one, at) => ({ name: `${kind}-${at}`, policy: one.document }))
  const boundary = of('boundary')
  return {
    request: {
      principal: request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.resource.split(':')[4] || '123456789012' },
      contextVariables: request.context
    },
    identityPolicies: of('identity'),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: of('trust')[0]?.policy,
    permissionBoundaryPolicies: boundary.length ? boundary : undefined,
    sessionPolicy: of('session')[0]?.policy
  }
}

const simulations = vectors.map(simulation)

async function decideAll() {
  const found = []
  for (const one of simulations) {
    const answer = await runSimulation(one, { simulationMode: 'Strict' })
    found.push(answer)
  }
  return found
}

const decisions = (await decideAll()).map((answer) => WORDS[answer.overallResult] ?? 'no answer')
await decideAll()
const times = []
for (let round = 0; round < rounds; round++) {
  const begin = performance.now()
  await decideAll()
  times.push(((performance.now() - begin) * 1000) / simulations.length)
}
console.log(JSON.stringify({ decisions, rounds: times }))
