/** A page as defined by the Relay cursor connections specification. */
export interface Connection<Node> {
  nodes: readonly Node[];
  /** Created only if they are selected: most clients select the nodes instead. */
  readonly edges: Edge<Node>[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** Encodes its cursor when it is selected. */
class Edge<Node> {
  readonly node: Node;
  readonly #cursorOf: (node: Node) => string;

  constructor(node: Node, cursorOf: (node: Node) => string) {
    this.node = node;
    this.#cursorOf = cursorOf;
  }

  get cursor(): string {
    return this.#cursorOf(this.node);
  }
}

export function createConnection<Node>(
  nodes: readonly Node[],
  cursorOf: (node: Node) => string,
  { hasNextPage, hasPreviousPage }: { hasNextPage: boolean; hasPreviousPage: boolean },
): Connection<Node> {
  const [first, last] = [nodes[0], nodes.at(-1)];
  const startCursor = first === undefined ? null : cursorOf(first);
  const endCursor = last === undefined ? null : cursorOf(last);
  return {
    nodes,
    get edges() {
      return nodes.map((node) => new Edge(node, cursorOf));
    },
    pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor },
  };
}
