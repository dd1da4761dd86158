// The two scenarios of bench/data/policy_scenarios.json on iam-simulate and on the engine, one after the other:
//   node bench/iam-simulate/speed.mjs [POLICY_BENCH] [ROUNDS]
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { authorize, isWildcardOnlyAction, policiesOf, requestOf, runSimulation } from './library.mjs'

const [bench = 'build/release/bench/policy_bench', rounds = '5'] = process.argv.slice(2)
const scenarios = JSON.parse(readFileSync('bench/data/policy_scenarios.json', 'utf8'))
const managed = JSON.parse(readFileSync('bench/data/policy_scenario_b.json', 'utf8'))
scenarios.b.identityPolicies.unshift(...Object.entries(managed).map(([name, document]) => ({ name, document })))

const median = (list) => list.sort((x, y) => x - y)[Math.floor(list.length / 2)]

// Processor time of one call in nanoseconds: the median of `rounds`, each at least 0.4 seconds long.
async function time(ask, asks) {
  const figures = []
  for (let round = -1; round < rounds; ++round) { // the first one warms up
    let calls = 0
    const from = process.cpuUsage()
    let used = 0
    while (used < 4e5) {
      for (const it of asks) await ask(it)
      calls += asks.length
      const now = process.cpuUsage(from)
      used = now.user + now.system
    }
    if (round >= 0) figures.push((used * 1000) / calls)
  }
  return median(figures)
}

async function theirs(name) {
  const scenario = scenarios[name]
  const asks = await Promise.all(scenario.asks.map(async ([action, resource, expected]) => {
    const request = { principal: scenario.principal, action, resource, resourceAccount: '111122223333', context: scenario.context }
    return { request, expected, wildcardOnly: await isWildcardOnlyAction(...action.split(':')) }
  }))
  const loaded = policiesOf({ ...scenario, request: asks[0].request })
  // The least of it: policies loaded once, no validation. `await` costs under a microsecond.
  const core = (it) => {
    const answer = authorize({ request: requestOf(it.request, it.wildcardOnly), ...loaded }).result
    if (answer !== it.expected) throw new Error(`${name} ${it.request.action}: ${answer}`)
  }
  const named = (documents, label) => documents.map((policy, i) => ({ name: `${label}${i}`, policy }))
  const simulation = (it) => ({
    request: {
      principal: scenario.principal.arn, action: it.request.action,
      resource: { resource: it.request.resource, accountId: '111122223333' },
      contextVariables: Object.fromEntries(Object.entries(scenario.context).map(([key, [value]]) => [key, value]))
    },
    identityPolicies: scenario.identityPolicies.map((p) => ({ name: p.name, policy: p.document })),
    serviceControlPolicies: scenario.scps.map((policies, i) => ({ orgIdentifier: `ou-${i}`, policies: named(policies, 'scp') })),
    resourceControlPolicies: [],
    resourcePolicy: scenario.resourcePolicy ?? undefined,
    permissionBoundaryPolicies: scenario.boundary ? named([scenario.boundary], 'boundary') : undefined
  })
  // Its public call, which validates policies and request each time.
  const whole = async (it) => {
    const answer = await runSimulation(simulation(it), {})
    if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors).slice(0, 300))
  }
  return { core: await time(core, asks), whole: await time(whole, asks) }
}

function ours() {
  const run = spawnSync(bench, ['--benchmark_filter=Decide_[AB]_(interned|strings|documents_only)$|Explain_B', `--benchmark_repetitions=${rounds}`,
    '--benchmark_report_aggregates_only=true', '--benchmark_format=json'], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${bench}: ${run.error ?? run.stderr}`)
  // Google Benchmark writes NaN for a median of counters that were not set.
  const medians = JSON.parse(run.stdout.replaceAll(': NaN', ': null')).benchmarks.filter((it) => it.aggregate_name === 'median')
  return Object.fromEntries(medians.map((it) => [it.run_name.replace('BM_', ''), it.cpu_time]))
}

const engine = ours()
const library = { A: await theirs('a'), B: await theirs('b') }
const say = (...cells) => console.log(`| ${cells.join(' | ')} |`)
const ratio = (slow, fast) => Math.round(slow / fast).toLocaleString('en')
say('processor time per decision', 'iam-simulate core', 'iam-simulate whole', 'Rolecall', 'ratio to core', 'ratio to whole')
say('---', '---', '---', '---', '---', '---')
for (const [which, row] of [['A', 'Decide_A_interned'], ['A', 'Decide_A_strings'], ['B', 'Decide_B_interned'], ['B', 'Decide_B_strings'],
  ['B', 'Decide_B_documents_only'], ['B', 'Explain_B']]) {
  const { core, whole } = library[which]
  say(row, `${(core / 1000).toFixed(0)} µs`, `${(whole / 1000).toFixed(0)} µs`, `${engine[row].toFixed(0)} ns`,
    ratio(core, engine[row]), ratio(whole, engine[row]))
}
