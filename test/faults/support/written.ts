import type { Story } from './story';

/** What is followed of an entity: its word here, and where AYON's events tell it. */
const FIELDS = ['name', 'status', 'description', 'frameEnd'] as const;
type FieldName = (typeof FIELDS)[number];

/** A value of AYON that none of ftrack's values from then on explains. */
export interface GoneBack {
  readonly entityId: string;
  readonly field: FieldName;
  readonly value: unknown;
  readonly after: unknown;
}

/** All values that ftrack's people gave to an entity's field, oldest first, to compare with those that AYON got. */
export class Written {
  private readonly story: Story;
  /** By `<ftrack id> <field>`. */
  private readonly values = new Map<string, unknown[]>();

  constructor(story: Story) {
    this.story = story;
  }

  /** Takes down what these entities have now; to be called after each edit. */
  note(ids: readonly string[]): void {
    const { store } = this.story.testbed.ftrack;
    for (const id of ids) {
      const row = store.context(id);
      if (row === undefined) {
        continue;
      }
      const { name, description, status_id: status } = row.data;
      const statusName = typeof status === 'string' ? store.find('Status', status)?.data['name'] : undefined;
      const frameEnd = this.story.bob.storedCustomAttribute(id, 'frameEnd');
      const now = { name, description: description || null, status: statusName, frameEnd: frameEnd ?? null };
      for (const field of FIELDS) {
        this.add(`${id} ${field}`, now[field]);
      }
    }
  }

  private add(key: string, value: unknown): void {
    const values = this.values.get(key) ?? [];
    this.values.set(key, values);
    if (values.length === 0 || values.at(-1) !== value) {
      values.push(value);
    }
  }

  /**
   * The values that AYON got must be some of ftrack's in ftrack's order: a value read earlier never replaces one that
   * was read later.
   */
  compare(): { readonly values: number; readonly sequences: number; readonly back: readonly GoneBack[] } {
    const back: GoneBack[] = [];
    const places = new Map<string, number>();
    let values = 0;
    for (const { entityId, field, value, after } of this.told()) {
      const key = `${entityId} ${field}`;
      const written = this.values.get(key);
      if (written === undefined) {
        continue;
      }
      values += 1;
      const from = places.get(key) ?? 0;
      const place = written.indexOf(value, from);
      if (place === -1) {
        back.push({ entityId, field, value, after: after ?? null });
      } else {
        places.set(key, place);
      }
    }
    return { values, sequences: places.size, back };
  }

  /** Values that AYON's events tell, by the ftrack id of their entity. */
  private *told(): Generator<GoneBack> {
    const owners = new Map<unknown, string>();
    for (const key of this.values.keys()) {
      const [id = ''] = key.split(' ');
      for (const partner of this.story.partners(id)) {
        owners.set(partner.id, id);
      }
    }
    const topics = /^entity\.(folder|task)\.(attrib_changed|status_changed|renamed)$/;
    for (const { topic, summary, payload } of this.story.ayonEvents(topics)) {
      const entityId = owners.get(summary['entityId']);
      if (entityId === undefined) {
        continue;
      }
      const [before, now] = [payload['oldValue'], payload['newValue']];
      if (!topic.endsWith('attrib_changed')) {
        yield { entityId, field: topic.endsWith('renamed') ? 'name' : 'status', value: now, after: before };
        continue;
      }
      const [old = {}, fresh = {}] = [before, now] as (Record<string, unknown> | undefined)[];
      const changed = (['description', 'frameEnd'] as const).filter((field) => field in fresh);
      yield* changed.map((field) => ({ entityId, field, value: fresh[field], after: old[field] }));
    }
  }
}
