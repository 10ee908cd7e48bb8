import { Kind, parse, print, printSchema, visit } from 'graphql';
import type { ConstDirectiveNode, GraphQLSchema, InterfaceTypeDefinitionNode, ObjectTypeDefinitionNode } from 'graphql';

/** The first version in which an interface may have a key. */
const head = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

"""Exactly one of the fields of the input is given. Composers don't know this directive of GraphQL itself."""
directive @oneOf on INPUT_OBJECT
`;

const key = directives('@key(fields: "id")');
const shareable = directives('@shareable');

/** Types whose objects other subgraphs can refer to by `id`. An interface has its key together with all of its types. */
export const entityTypes: readonly string[] = ['Account', 'JNLC', 'JNLS', 'Journal', 'OtherJournal'];

/** A type of the Relay specification, which other subgraphs define too. */
const sharedTypes: readonly string[] = ['PageInfo'];

/** Prints a schema as a subgraph of Apollo Federation 2. */
export function printSubgraph(schema: GraphQLSchema): string {
  const document = visit(parse(printSchema(schema)), {
    ObjectTypeDefinition: withDirective,
    InterfaceTypeDefinition: withDirective,
  });
  return `${head}\n${print(document)}\n`;
}

function withDirective<Node extends ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode>(node: Node): Node {
  const name = node.name.value;
  const added = entityTypes.includes(name) ? key : sharedTypes.includes(name) ? shareable : [];
  return { ...node, directives: [...(node.directives ?? []), ...added] };
}

function directives(text: string): readonly ConstDirectiveNode[] {
  const [definition] = parse(`scalar Any ${text}`).definitions;
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : [];
}
