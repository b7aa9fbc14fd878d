const view = '/_simulator/view';

/** Who acts: the user's name. */
export const acting = { user: '' };

async function ask(address, body) {
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(address, sent).catch(() => {
    throw new Error('The simulator does not answer.');
  });
  const text = await answer.text();
  const result = text === '' ? null : JSON.parse(text);
  if (!answer.ok) {
    throw new Error(result?.content ?? result?.message ?? `The simulator answers with ${answer.status}.`);
  }
  return result;
}

/** @param parameters of the query besides the user */
export function addressOf(path, parameters = {}) {
  return `${view}/${path}?${new URLSearchParams({ user: acting.user, ...parameters })}`;
}

/** What a read-only address of the view answers. */
export function read(path, parameters) {
  return ask(addressOf(path, parameters));
}

export function send(path, body) {
  return ask(addressOf(path), body);
}

/** Steers the simulator: what other processes do over HTTP. */
export function control(path, body) {
  return ask(`/_simulator/${path}`, body);
}

/** Operations in one batch, as `POST /api` takes them. */
export function operate(...operations) {
  return control('batch', { user: acting.user, operations });
}

export function update(type, key, data) {
  return operate({ action: 'update', entity_type: type, entity_key: key, entity_data: data });
}

export function create(type, data) {
  return operate({ action: 'create', entity_type: type, entity_data: { id: uuid(), ...data } });
}

export function remove(type, key) {
  return operate({ action: 'delete', entity_type: type, entity_key: key });
}

/** A random UUID; `crypto.randomUUID` is only there on localhost and over HTTPS. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
