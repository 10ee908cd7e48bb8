/**
 * A page as defined by the Relay cursor connections specification.
 *
 * A class, because V8 keeps the getter of an object literal, and so all nodes, until a full garbage collection.
 */
export class Connection<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  readonly #cursorOf: (node: Node) => string;

  constructor(
    nodes: readonly Node[],
    cursorOf: (node: Node) => string,
    { hasNextPage, hasPreviousPage }: { hasNextPage: boolean; hasPreviousPage: boolean },
  ) {
    const [first, last] = [nodes[0], nodes.at(-1)];
    const startCursor = first === undefined ? null : cursorOf(first);
    const endCursor = last === undefined ? null : cursorOf(last);
    this.nodes = nodes;
    this.pageInfo = { hasNextPage, hasPreviousPage, startCursor, endCursor };
    this.#cursorOf = cursorOf;
  }

  /** The edges, created only if the client selects them: most clients select the nodes instead. */
  get edges(): Edge<Node>[] {
    return this.nodes.map((node) => new Edge(node, this.#cursorOf));
  }
}

/** An edge, whose cursor is encoded only if the client selects it. */
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
