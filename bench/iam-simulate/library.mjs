// Finds the library where `npm install --prefix` put it and turns one decision vector into its input.
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const home = resolve(process.env.IAM_SIMULATE ?? 'build/iam-simulate', 'node_modules/@cloud-copilot')
// The entry points of its core engine are not in its package's exports, therefore by path.
const load = async (path) => {
  try {
    return await import(pathToFileURL(join(home, path)).href)
  } catch (error) {
    console.error(`${error.message}\nnpm install --prefix build/iam-simulate ./bench/iam-simulate comes first; see README.md`)
    process.exit(2)
  }
}
export const { authorize } = await load('iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js')
const { AwsRequestImpl } = await load('iam-simulate/dist/esm/request/request.js')
const { RequestContextImpl } = await load('iam-simulate/dist/esm/requestContext.js')
const { DiscoveryContextKeyConstraints } = await load('iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js')
export const { runSimulation, isWildcardOnlyAction } = await load('iam-simulate/dist/esm/index.js')
const { loadPolicy } = await load('iam-policy/dist/esm/index.js')

const fullRcp = { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } }
const named = (documents, label) => documents.map((document, i) => loadPolicy(document, { name: `${label}${i + 1}` }))
const level = (documents, i, label) => ({ orgIdentifier: `ou-${i + 1}`, policies: named(documents, label) })

// Why the library cannot be asked this vector; undefined when it can.
export function whyNot(vector) {
  const { principal, awsManagedKey } = vector.request
  if (principal.credential === 'GetSessionToken') return 'credentials of GetSessionToken'
  if (['WebIdentity', 'SAML'].includes(principal.kind)) return 'an unsigned caller with an identity provider'
  if (/"(AIDA|AROA)[A-Z0-9]+"/.test(JSON.stringify(vector.resourcePolicy ?? ''))) return 'a unique ID as principal'
  if (vector.sessionPolicies.length > 1) return 'several session policies'
  if (awsManagedKey) return 'a key managed by AWS'
  return undefined
}

// Everything that does not change between the requests of one principal.
export function policiesOf(vector) {
  const exempt = (account) => vector.organization && vector.organization.managementAccount === account
  const { principal, resourceAccount } = vector.request
  // The management account's exemption is for whoever gathers the policies to apply.
  const scps = exempt(principal.account) ? [] : vector.scps
  const rcps = exempt(resourceAccount) ? [] : vector.rcps
  return {
    identityPolicies: vector.identityPolicies.map((it) => loadPolicy(it.document, { name: it.name })),
    sessionPolicy: vector.sessionPolicies.length ? loadPolicy(vector.sessionPolicies[0], { name: 'session' }) : undefined,
    serviceControlPolicies: scps.map((it, i) => level(it, i, 'scp')),
    resourceControlPolicies: rcps.map((it, i) => level([fullRcp, ...it], i, 'rcp')),
    resourcePolicy: vector.resourcePolicy ? loadPolicy(vector.resourcePolicy, { name: 'resource' }) : undefined,
    permissionBoundaries: vector.boundary ? [loadPolicy(vector.boundary, { name: 'boundary' })] : undefined,
    vpcEndpointPolicies: undefined,
    simulationParameters: { simulationMode: 'Strict', discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]) },
    serviceSettings: {}
  }
}

export function requestOf({ principal, action, resource, resourceAccount, context }, wildcardOnly) {
  const values = Object.fromEntries(Object.entries(context).map(([key, list]) => [key, list.length === 1 ? list[0] : list]))
  const who = principal.kind === 'Anonymous' ? { type: 'Anonymous' } : principal.arn
  return new AwsRequestImpl(who, { resource, accountId: resourceAccount }, action, new RequestContextImpl(values), wildcardOnly)
}
