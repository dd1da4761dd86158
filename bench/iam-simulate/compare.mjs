// Each decision vector through iam-simulate's core engine and through `rolecall eval`: where do they part?
//   node bench/iam-simulate/compare.mjs [ROLECALL] [FILE…]
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { authorize, isWildcardOnlyAction, policiesOf, requestOf, whyNot } from './library.mjs'

const [rolecall = 'build/release/rolecall', ...given] = process.argv.slice(2)
const folder = 'tests/vectors/policy'
const files = given.length ? given : readdirSync(folder).sort().map((name) => join(folder, name))

function ours(file, count) {
  const run = spawnSync(rolecall, ['eval', file], { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (run.status !== 0) throw new Error(`${rolecall} eval ${file}: ${run.error ?? run.stderr}`)
  const lines = run.stdout.trimEnd().split('\n').map((line) => line.slice(line.lastIndexOf('\t') + 1))
  if (lines.length !== count) throw new Error(`${file}: ${lines.length} answers to ${count} vectors`)
  return lines
}

async function theirs(vector) {
  const [service, name] = vector.request.action.split(':')
  const wildcardOnly = await isWildcardOnlyAction(service, name).catch(() => false) // an action it does not know
  try {
    return authorize({ request: requestOf(vector.request, wildcardOnly), ...policiesOf(vector) }).result
  } catch (error) {
    return `error: ${error.message}`
  }
}

const count = { agree: 0, skipped: new Map() }
const parted = []
for (const file of files) {
  const { vectors } = JSON.parse(readFileSync(file, 'utf8'))
  const answers = ours(file, vectors.length)
  for (const [i, vector] of vectors.entries()) {
    const reason = whyNot(vector)
    if (reason) {
      count.skipped.set(reason, (count.skipped.get(reason) ?? 0) + 1)
      continue
    }
    const answer = await theirs(vector)
    if (answer === answers[i]) ++count.agree
    else parted.push([basename(file, '.json'), vector.name, answers[i], answer, `rules ${vector.rule}`, vector.contested ? 'contested' : ''])
  }
}
for (const row of parted) console.log(row.join('\t'))
console.log(`${count.agree} agree, ${parted.length} disagree`)
for (const [reason, number] of count.skipped) console.log(`${number} skipped: ${reason}`)
