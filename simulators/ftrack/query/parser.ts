import { parseError } from '../errors';
import type {
  Aggregate,
  AggregateName,
  Condition,
  Literal,
  Operator,
  Order,
  Path,
  PathStep,
  Query,
} from './ast';
import { aggregateNames } from './ast';
import { TokenStream } from './token-stream';

const operators = new Map<string, Operator>([
  ['=', '='],
  ['is', '='],
  ['!=', '!='],
  ['is_not', '!='],
  ['>', '>'],
  ['after', '>'],
  ['greater_than', '>'],
  ['<', '<'],
  ['before', '<'],
  ['less_than', '<'],
  ['>=', '>='],
  ['<=', '<='],
  ['like', 'like'],
  ['not_like', 'not_like'],
]);

const clauseWords = new Set(['where', 'offset', 'limit']);

/** Conditions nested deeper than this are refused, so that no expression can exhaust the stack. */
const maxDepth = 200;

/** Likewise the steps of one path. */
const maxSteps = 50;

interface Tail {
  order: Order[];
  group: Path[];
  offset: number | undefined;
  limit: number | undefined;
}

class Parser {
  private readonly tokens: TokenStream;
  private depth = 0;

  constructor(expression: string) {
    this.tokens = new TokenStream(expression);
  }

  whole(): Query {
    const query = this.query();
    if (this.tokens.peek().kind !== 'end') {
      throw this.tokens.unexpected('end of expression');
    }
    return query;
  }

  private query(): Query {
    const selected = this.tokens.takeWord('select') ? this.selection() : { projections: [], aggregates: [] };
    const entityType = this.entityType();
    const where = this.tokens.takeWord('where') ? this.disjunction() : undefined;
    const tail: Tail = { order: [], group: [], offset: undefined, limit: undefined };
    for (let more = true; more; ) {
      more = this.tailClause(tail);
    }
    return { ...selected, entityType, where, ...tail, offset: tail.offset ?? 0 };
  }

  private entityType(): string {
    const word = this.tokens.peek().value.toLowerCase();
    // There is an entity type Group.
    const isSorting = (word === 'order' || word === 'group') && this.isBeforeBy();
    if (isSorting || clauseWords.has(word)) {
      throw this.tokens.unexpected('an entity type');
    }
    return this.tokens.word('an entity type');
  }

  private isBeforeBy(): boolean {
    const after = this.tokens.second();
    return after?.kind === 'word' && after.value.toLowerCase() === 'by';
  }

  private selection(): Pick<Query, 'projections' | 'aggregates'> {
    const projections: Path[] = [];
    const aggregates: Aggregate[] = [];
    this.tokens.list(() => {
      const name = this.aggregateName();
      if (name === undefined) {
        projections.push(this.path());
      } else {
        aggregates.push({ name, path: this.aggregated() });
      }
    });
    if (!this.tokens.takeWord('from')) {
      throw this.tokens.unexpected('"," or "from"');
    }
    return { projections, aggregates };
  }

  /** The function that is called here; an attribute may bear the same name. */
  private aggregateName(): AggregateName | undefined {
    const after = this.tokens.second();
    const isCall = after?.kind === 'sign' && after.value === '(';
    return isCall ? aggregateNames.find((name) => this.tokens.isWord(name)) : undefined;
  }

  private aggregated(): Path {
    this.tokens.advance();
    this.tokens.expectSign('(');
    const path = this.path();
    this.tokens.expectSign(')');
    return path;
  }

  private tailClause(tail: Tail): boolean {
    const { tokens } = this;
    if (tail.order.length === 0 && tokens.takeWord('order')) {
      tokens.expectWord('by');
      tail.order = tokens.list(() => this.orderItem());
    } else if (tail.group.length === 0 && tokens.takeWord('group')) {
      tokens.expectWord('by');
      tail.group = tokens.list(() => this.path());
    } else if (tail.offset === undefined && tokens.takeWord('offset')) {
      tail.offset = tokens.count();
    } else if (tail.limit === undefined && tokens.takeWord('limit')) {
      tail.limit = tokens.count();
    } else {
      return false;
    }
    return true;
  }

  private orderItem(): Order {
    const path = this.path();
    const descending = this.tokens.takeWord('desc') || this.tokens.takeWord('descending');
    if (!descending && !this.tokens.takeWord('asc')) {
      this.tokens.takeWord('ascending');
    }
    return { path, descending };
  }

  private disjunction(): Condition {
    this.depth += 1;
    if (this.depth > maxDepth) {
      throw parseError(`Conditions are nested deeper than ${maxDepth} at position ${this.tokens.peek().at}.`);
    }
    const condition = this.chain('or', () => this.chain('and', () => this.negation()));
    this.depth -= 1;
    return condition;
  }

  private chain(kind: 'and' | 'or', part: () => Condition): Condition {
    const first = part();
    const parts = [first];
    while (this.tokens.takeWord(kind)) {
      parts.push(part());
    }
    return parts.length === 1 ? first : { kind, parts };
  }

  private negation(): Condition {
    let negated = false;
    while (this.tokens.takeWord('not')) {
      negated = !negated;
    }
    const inner = this.primary();
    return negated ? { kind: 'not', inner } : inner;
  }

  private primary(): Condition {
    const { tokens } = this;
    if (tokens.takeSign('(')) {
      const inner = this.disjunction();
      tokens.expectSign(')');
      return inner;
    }
    const path = this.path();
    if (tokens.takeWord('has') || tokens.takeWord('any')) {
      return this.presence(path);
    }
    if (tokens.takeWord('in')) {
      return { kind: 'in', path, negated: false, values: this.members() };
    }
    if (tokens.takeWord('not_in')) {
      return { kind: 'in', path, negated: true, values: this.members() };
    }
    const { kind, value } = tokens.peek();
    const operator = kind === 'text' ? undefined : operators.get(value.toLowerCase());
    if (operator === undefined) {
      throw tokens.unexpected('an operator');
    }
    tokens.advance();
    return { kind: 'compare', path, operator, value: this.literal() };
  }

  private presence(path: Path): Condition {
    this.tokens.expectSign('(');
    if (this.tokens.takeSign(')')) {
      return { kind: 'some', path, inner: undefined };
    }
    const inner = this.disjunction();
    this.tokens.expectSign(')');
    return { kind: 'some', path, inner };
  }

  private members(): readonly Literal[] | Query {
    const { tokens } = this;
    tokens.expectSign('(');
    if (tokens.takeSign(')')) {
      return [];
    }
    // Two words side by side are no list; a query may leave out what it selects.
    const isQuery = tokens.peek().kind === 'word' && tokens.second()?.kind === 'word';
    const values = isQuery ? this.query() : tokens.list(() => this.literal());
    tokens.expectSign(')');
    return values;
  }

  private literal(): Literal {
    const { kind, value } = this.tokens.peek();
    if (kind !== 'word' && kind !== 'text') {
      throw this.tokens.unexpected('a value');
    }
    this.tokens.advance();
    return kind === 'word' && value.toLowerCase() === 'none' ? null : value;
  }

  /** `parent[Sequence].name`: a step with a cast is followed by a word that starts with a dot. */
  private path(): Path {
    const { tokens } = this;
    const steps: PathStep[] = this.names(tokens.word('an attribute'));
    while (tokens.takeSign('[')) {
      const last = steps.pop() as PathStep;
      steps.push({ name: last.name, cast: tokens.word('an entity type') });
      tokens.expectSign(']');
      const { kind, value } = tokens.peek();
      if (kind !== 'word' || !value.startsWith('.')) {
        break;
      }
      steps.push(...this.names(tokens.word('an attribute').slice(1)));
    }
    if (steps.length > maxSteps) {
      throw tokens.unexpected(`a path of at most ${maxSteps} attributes`, 1);
    }
    return steps;
  }

  private names(dotted: string): PathStep[] {
    const names = dotted.split('.');
    if (names.includes('')) {
      throw this.tokens.unexpected('an attribute path', 1);
    }
    return names.map((name) => ({ name, cast: undefined }));
  }
}

/** @throws FtrackError ParseError that names the position and what was expected there */
export function parseQuery(expression: string): Query {
  return new Parser(expression).whole();
}
