import type { RouteAnswer, RouteRequest, SimulatorServer } from '../../../http';
import { validationError } from '../../errors';
import type { SignedLinks } from '../../files/signed-links';
import type { Store } from '../../store/store';
import { asText } from '../../values';
import type { Work } from '../caller';
import type { OperationHandlers } from '../registry';
import type { SentOperation } from '../write';
import { existing } from '../write';
import { textOf } from './arguments';

const widgets: ReadonlySet<string> = new Set(['info', 'tasks', 'tasks_browser']);

/** The Python client promises its users six minutes. */
const validMs = 6 * 60_000;

function widgetUrl(links: SignedLinks, work: Work, operation: SentOperation): object {
  const name = textOf(operation, 'name');
  if (!widgets.has(name)) {
    const known = [...widgets].join(', ');
    throw validationError(`get_widget_url knows the widgets ${known}, not ${JSON.stringify(name)}.`);
  }
  const query = {
    theme: operation['theme'] === 'light' ? 'light' : 'dark',
    ...entityOf(work, operation),
  };
  const { origin } = work.caller;
  return { widget_url: links.sign({ origin, path: `/widget/${name}`, query, validMs }) };
}

function entityOf(work: Work, operation: SentOperation): { entityType?: string; entityId?: string } {
  if ((operation['entity_type'] ?? null) === null) {
    return {};
  }
  const schema = work.reader.store.registry.get(textOf(operation, 'entity_type'));
  if (schema.definition.virtual === true) {
    throw validationError(`There is no widget for entities of type ${schema.id}.`);
  }
  const row = existing(work, schema, operation);
  return { entityType: row.type, entityId: row.key };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A page that says which widget of which entity it stands for. */
function page(store: Store, request: RouteRequest): string {
  const { query, params } = request;
  const [type, id] = [query.get('entityType') ?? '', query.get('entityId') ?? ''];
  const data = store.registry.has(type) ? store.find(type, id)?.data : undefined;
  const name = data ? asText(data['name'] ?? id) : '';
  const colors = query.get('theme') === 'light' ? '#fff;color:#222' : '#222;color:#eee';
  return `<!doctype html><meta charset="utf-8"><title>${escaped(params['name'] ?? '')}</title>
<body style="font-family:sans-serif;background:${colors}"><h1>${escaped(params['name'] ?? '')}</h1>
<p>${escaped(type)} ${escaped(name)}</p></body>`;
}

/** `get_widget_url`: an address that needs no credentials, for a while. */
export function widgetOperations(links: SignedLinks): OperationHandlers {
  return { get_widget_url: (work, operation) => widgetUrl(links, work, operation) };
}

/** The pages behind those addresses; 403 once they have expired. */
export function addWidgetRoutes(server: SimulatorServer, parts: { links: SignedLinks; store: Store }): void {
  server.route('GET', '/widget/:name', (request): RouteAnswer => {
    if (parts.links.check(request.path, request.query) !== 'valid') {
      return { status: 403, json: { message: 'The address of the widget has expired or was changed.' } };
    }
    return { body: page(parts.store, request), contentType: 'text/html; charset=utf-8' };
  });
}
