/*
 * The public members of a reference made by TypeDoc, and which of them no example shows.
 *
 * Imports nothing. What is exported needs an example of its own, and so does what can be called on a class. A property, a
 * constructor and a method that a user writes are shown by an example of their own, or by one of their owner that uses them.
 */

/** Kinds of reflections in TypeDoc's JSON. */
const KIND = {
  module: 2, namespace: 4, enum: 8, member: 16, variable: 32, function: 64, class: 128, interface: 256, constructor: 512,
  property: 1024, method: 2048, accessor: 262144, type: 2097152, reference: 4194304
}
const OWNERS = [KIND.namespace, KIND.enum, KIND.class, KIND.interface, KIND.variable, KIND.type]
const CALLED = [KIND.method, KIND.accessor]
/** Namespaces are shown by what is in them, second names by what they name. */
const EXPORTED = [KIND.enum, KIND.variable, KIND.function, KIND.class, KIND.interface, KIND.type]

/** Whether a reader can use it and it is declared here; a constructor that nothing is passed to goes without saying. */
function isOwn(child) {
  const { isInherited, isExternal, isProtected } = child.flags ?? {}
  if (isInherited || child.inheritedFrom !== undefined || isExternal || isProtected) return false
  return child.kind !== KIND.constructor || child.signatures.some((one) => one.parameters?.length > 0)
}

/** What is in a declaration, or in the object that it is a type or a constant of. */
function childrenOf({ children, type }) {
  return children ?? (type?.type === 'reflection' ? type.declaration.children : undefined) ?? []
}

function commentsOf(child) {
  const all = [child.comment, child.getSignature?.comment, ...(child.signatures ?? []).map((one) => one.comment)]
  return all.filter((one) => one !== undefined)
}

/**
 * Members in the order of the reference, with their examples. Names of the module `main` have no prefix.
 *
 * @returns {Iterable<{ name: string, own: boolean, examples: string[], kind: number, label: string, owner: object | null }>}
 */
export function* membersOf(reference, main) {
  for (const module of reference.children.some((one) => one.kind === KIND.module) ? reference.children : [reference]) {
    const prefix = module === reference || module.name === main ? '' : `${module.name}.`
    yield* below(module, prefix, null)
  }
}

function* below(parent, prefix, owner) {
  for (const child of childrenOf(parent).filter(isOwn)) {
    const member = { name: `${prefix}${child.name}`, label: child.name, kind: child.kind, owner, examples: examplesOf(commentsOf(child)) }
    member.own = EXPORTED.includes(child.kind) || (CALLED.includes(child.kind) && parent.kind === KIND.class)
    yield member
    if (OWNERS.includes(child.kind)) yield* below(child, `${member.name}.`, child.kind === KIND.namespace ? null : member)
  }
}

function examplesOf(comments) {
  return comments
    .flatMap((comment) => comment.blockTags ?? [])
    .filter((tag) => tag.tag === '@example')
    .map((tag) => tag.content.map((part) => part.text).join(''))
}

/** The code of an example; null when it is not one block of code. */
export function codeOf(example) {
  return /^```[tj]s\n([\s\S]*?)\n```$/.exec(example.trim())?.[1] ?? null
}

/** The names of members that no example shows. */
export function withoutExample(reference, main) {
  return [...membersOf(reference, main)].filter((member) => !isShown(member)).map((member) => member.name)
}

function isShown({ examples, own, owner, label, kind }) {
  if (examples.length > 0 || kind === KIND.namespace || kind === KIND.reference) return true
  if (own || owner === null) return false
  const uses = kind === KIND.constructor ? new RegExp(`\\bnew ${owner.label}\\b`) : useOf(label)
  return owner.examples.some((example) => uses.test(withoutText(codeOf(example) ?? '')))
}

/** Where a member is used: after a dot, or as a name within an object or a pattern. */
function useOf(label) {
  const name = label.replace(/[^\w]/g, '\\$&')
  return new RegExp(`(?<!\\.\\.)\\.${name}\\b|[{,]\\s*${name}\\s*[:,}(]`)
}

/** Code without comments and without the text of strings; what a template inserts stays. */
function withoutText(code) {
  return code
    .replace(/\/\/.*$/gm, '')
    .replace(/'[^'\n]*'/g, "''")
    .replace(/`[^`]*`/g, (text) => [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, inserted]) => `(${inserted})`).join(''))
}
