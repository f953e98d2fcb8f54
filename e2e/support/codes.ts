import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from '../../scripts/built-apps.mts'

const CODE = /^[a-z]+(?:-[a-z0-9]+)*$/

/** Every code of an error or a warning that the sources can tell, with a file that does. Fakes tell their own. */
export function codesInSources(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const file of sources()) {
    const tree = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest)
    const visit = (node: ts.Node): void => {
      for (const code of codesOf(node, tree)) if (CODE.test(code) && !found.has(code)) found.set(code, file)
      node.forEachChild(visit)
    }
    visit(tree)
  }
  return found
}

function sources(): string[] {
  return ['packages', 'apps'].flatMap((top) =>
    readdirSync(join(ROOT, top)).flatMap((name) =>
      readdirSync(join(ROOT, top, name, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !/(?:^|[/\\])testing[/\\]/.test(file))
        .map((file) => join(top, name, 'src', file)),
    ),
  )
}

/** `new SomeError('code', …)`, `warn('code', …)`, `type SomeCode = 'code' | …`, `{ code: 'code' }`. */
function codesOf(node: ts.Node, tree: ts.SourceFile): string[] {
  if (ts.isNewExpression(node) && node.expression.getText(tree).endsWith('Error'))
    return texts(node.arguments?.[0])
  if (ts.isCallExpression(node) && /(?:^|\.)warn(?:ing)?$/.test(node.expression.getText(tree)))
    return texts(node.arguments[0])
  if (ts.isPropertyAssignment(node) && node.name.getText(tree) === 'code') return texts(node.initializer)
  if (!ts.isTypeAliasDeclaration(node) || !node.name.text.endsWith('Code')) return []
  const members = ts.isUnionTypeNode(node.type) ? node.type.types : [node.type]
  return members.flatMap((member) => (ts.isLiteralTypeNode(member) ? texts(member.literal) : []))
}

function texts(node: ts.Node | undefined): string[] {
  if (node === undefined) return []
  if (ts.isStringLiteral(node)) return [node.text]
  return ts.isConditionalExpression(node) ? [...texts(node.whenTrue), ...texts(node.whenFalse)] : []
}
