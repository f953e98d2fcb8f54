import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from './built-apps.mts'

export interface ExportedDeclaration {
  readonly name: string
  /** Where it is declared. */
  readonly file: string
  /** Comment and declaration as in the source, without bodies and values. */
  readonly code: string
  /** An entry before this one that exports the same thing. */
  readonly sameAs?: string
}

/** What each entry (a name, and its source file) exports, in the order of its files and of their lines. */
export function entryExports(entries: ReadonlyMap<string, string>): Map<string, ExportedDeclaration[]> {
  const program = ts.createProgram([...entries.values()], compilerOptions())
  const checker = program.getTypeChecker()
  const seen = new Map<ts.Symbol, string>()
  const result = new Map<string, ExportedDeclaration[]>()
  for (const [entry, file] of entries) {
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`${file} is no module`)
    const exports = checker.getExportsOfModule(module).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      const sameAs = seen.get(target)
      if (sameAs === undefined) seen.set(target, entry)
      const declarations = target.declarations ?? []
      const [first] = declarations
      if (first === undefined) throw new Error(`${symbol.name} of ${entry} has no declaration`)
      const code = declarations.map((declaration) => codeOf(declaration, checker)).join('\n')
      const name = symbol.name
      return { name, file: first.getSourceFile().fileName, code, ...(sameAs === undefined ? {} : { sameAs }) }
    })
    result.set(entry, exports.toSorted(byName))
  }
  return result
}

function byName(a: ExportedDeclaration, b: ExportedDeclaration): number {
  return a.name.localeCompare(b.name, 'en', { sensitivity: 'base' }) || (a.name < b.name ? -1 : 1)
}

function compilerOptions(): ts.CompilerOptions {
  const path = join(ROOT, 'tsconfig.base.json')
  const { config } = ts.parseConfigFileTextToJson(path, readFileSync(path, 'utf8')) as { config: object }
  return ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, ROOT).options
}

function codeOf(declaration: ts.Declaration, checker: ts.TypeChecker): string {
  if (ts.isVariableDeclaration(declaration)) return constantCode(declaration, checker)
  const code = ts.isClassDeclaration(declaration)
    ? classCode(declaration, checker)
    : ts.isFunctionDeclaration(declaration)
      ? functionCode(declaration, checker)
      : declaration.getText()
  return `${commentOf(declaration)}${code}`
}

/** `declare const NAME: type`, the type as written or else as inferred; a zod schema as it is written. */
function constantCode(declaration: ts.VariableDeclaration, checker: ts.TypeChecker): string {
  const statement = declaration.parent.parent
  const type =
    declaration.type?.getText() ?? checker.typeToString(checker.getTypeAtLocation(declaration), declaration)
  if (type.startsWith('z.')) return `${commentOf(statement)}${statement.getText()}`
  return `${commentOf(statement)}export declare const ${declaration.name.getText()}: ${type}`
}

function functionCode(declaration: ts.FunctionDeclaration, checker: ts.TypeChecker): string {
  return withoutBody(declaration, checker).replace(/\basync function\b/, 'function')
}

/** Public members, without bodies and values. */
function classCode(declaration: ts.ClassDeclaration, checker: ts.TypeChecker): string {
  const { members, heritageClauses = [] } = declaration
  const heritage = heritageClauses.map((clause) => clause.getText()).join(' ')
  const shown = members.filter((member) => !isHidden(member))
  const lines = shown.map((member) => `${commentOf(member)}${memberCode(member, checker)}`)
  return `export declare class ${declaration.name?.text ?? ''} ${heritage} {\n${lines.join('\n')}\n}`
}

function isHidden(member: ts.ClassElement): boolean {
  const isPrivate =
    ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)
  const isUnnamed =
    member.name !== undefined &&
    (ts.isPrivateIdentifier(member.name) || ts.isComputedPropertyName(member.name))
  return isPrivate !== 0 || isUnnamed
}

function memberCode(member: ts.ClassElement, checker: ts.TypeChecker): string {
  if (ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member))
    return withoutBody(member, checker)
  if (!ts.isPropertyDeclaration(member) || member.initializer === undefined) return member.getText()
  const type = checker.typeToString(checker.getTypeAtLocation(member))
  return `${textUpTo(member, member.initializer.getStart()).replace(/\s*=\s*$/, '')}${member.type ? '' : `: ${type}`}`
}

function withoutBody(
  declaration: ts.FunctionDeclaration | ts.MethodDeclaration | ts.ConstructorDeclaration,
  checker: ts.TypeChecker,
): string {
  const head = textUpTo(declaration, declaration.body?.getStart() ?? declaration.getEnd()).trimEnd()
  if (declaration.type !== undefined || ts.isConstructorDeclaration(declaration)) return head
  const signature = checker.getSignatureFromDeclaration(declaration)
  return signature ? `${head}: ${checker.typeToString(signature.getReturnType(), declaration)}` : head
}

function textUpTo(node: ts.Node, end: number): string {
  return node.getSourceFile().text.slice(node.getStart(), end)
}

function commentOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter((each) => each.kind === ts.SyntaxKind.JSDoc)
  const last = comments.at(-1)
  return last === undefined ? '' : `${last.getText()}\n`
}
