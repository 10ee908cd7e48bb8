import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import type { GraphQLArgument, GraphQLInputField, GraphQLNamedType, GraphQLSchema } from 'graphql';

interface Described {
  name: string;
  type?: { toString(): string };
  description?: string | null | undefined;
  deprecationReason?: string | null | undefined;
  defaultValue?: unknown;
}

/** Writes a page of Markdown with every type, field, argument and value of a schema. */
export function schemaPage(schema: GraphQLSchema): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !roots.some((root) => root === type),
  );
  const chapters: [string, readonly (GraphQLNamedType | null | undefined)[]][] = [
    ['Operations', roots],
    ['Objects', types.filter(isObjectType)],
    ['Interfaces', types.filter(isInterfaceType)],
    ['Unions', types.filter(isUnionType)],
    ['Inputs', types.filter(isInputObjectType)],
    ['Enums', types.filter(isEnumType)],
    ['Scalars', types.filter(isScalarType)],
  ];
  const links = new Set([...types, ...roots].map((type) => type?.name ?? ''));
  const text = chapters.map(([title, members]) => {
    const sections = members.filter((type) => type != null).map((type) => section(type, schema, links));
    return [`## ${title}`, ...sections].join('\n\n');
  });
  return ['# Schema', 'Generated from the descriptions in `schema.graphql` by `npm run docs`.', ...text].join('\n\n');
}

function section(type: GraphQLNamedType, schema: GraphQLSchema, links: ReadonlySet<string>): string {
  const list = (types: readonly GraphQLNamedType[]) => types.map(({ name }) => linked(name, links)).join(', ');
  const parts = [`### ${type.name}`, sentence(type)];
  if (isObjectType(type) || isInterfaceType(type)) {
    if (type.getInterfaces().length > 0) parts.push(`Implements ${list(type.getInterfaces())}.`);
    if (isInterfaceType(type)) parts.push(`Implemented by ${list(schema.getPossibleTypes(type))}.`);
    const rows = Object.values(type.getFields()).flatMap((field) => [
      row(field, links),
      ...field.args.map((argument) => row(argument, links, `${field.name}(${argument.name})`)),
    ]);
    parts.push(table(['field', 'type', 'meaning'], rows));
  }
  if (isUnionType(type)) parts.push(`One of ${list(type.getTypes())}.`);
  if (isInputObjectType(type)) {
    const rows = Object.values(type.getFields()).map((field) => row(field, links));
    parts.push(...(type.isOneOf ? ['Exactly one field is given.'] : []), table(['field', 'type', 'meaning'], rows));
  }
  if (isEnumType(type)) {
    const rows = type.getValues().map((value) => [`\`${value.name}\``, sentence(value)]);
    parts.push(table(['value', 'meaning'], rows));
  }
  if (isScalarType(type) && type.specifiedByURL) parts.push(`Specified by <${type.specifiedByURL}>.`);
  return parts.join('\n\n');
}

function row(
  field: GraphQLArgument | GraphQLInputField | Described,
  links: ReadonlySet<string>,
  name = field.name,
): string[] {
  const fallback = field.defaultValue === undefined ? '' : ` Default: \`${JSON.stringify(field.defaultValue)}\`.`;
  return [`\`${name}\``, linked(String(field.type), links), `${sentence(field)}${fallback}`];
}

function sentence({ description, deprecationReason }: Described): string {
  const text = [description, deprecationReason ? `Deprecated: ${deprecationReason}` : ''].filter(Boolean).join(' ');
  return text.replace(/\s+/g, ' ');
}

/** A type such as `[Journal!]!`, with a link to its section. */
function linked(type: string, links: ReadonlySet<string>): string {
  const escaped = type.replace(/[[\]]/g, '\\$&');
  return escaped.replace(/\w+/, (name) => (links.has(name) ? `[${name}](#${name.toLowerCase()})` : name));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}
