import type { Value } from '../values';
import { asText, nowStamp } from '../values';
import type { Reader } from './reader';
import type { Row } from './table';

type Computed<Result> = (reader: Reader, row: Row) => Result;

const linkTypes: Readonly<Record<string, string>> = { Project: 'Project', Group: 'Group' };

function steps(rows: readonly Row[]): { type: string; id: string; name: Value }[] {
  return rows.toReversed().map((row) => ({
    type: linkTypes[row.type] ?? 'TypedContext',
    id: row.key,
    name: row.data['name'] ?? '',
  }));
}

/** The way from the root to an entity; that of a version leads over the context of its asset. */
const link: Computed<Value> = (reader, row) => {
  if (row.type !== 'AssetVersion') {
    return steps(reader.chain(row));
  }
  const asset = reader.store.find('Asset', asText(row.data['asset_id']));
  const name = `${asText(asset?.data['name'] ?? '')} v${asText(row.data['version'])}`;
  return [...(asset ? steps(reader.above(asset)) : []), { type: row.type, id: row.key, name }];
};

/** The version of an asset with the highest number. */
function latestVersion(reader: Reader, assetId: Value | undefined): Row | undefined {
  let latest: Row | undefined;
  for (const version of reader.store.tableOf('AssetVersion').where('asset_id', assetId)) {
    if (latest === undefined || Number(version.data['version']) > Number(latest.data['version'])) {
      latest = version;
    }
  }
  return latest;
}

/** A review session shows the thumbnail of one of its versions. */
const sessionThumbnail: Computed<Value> = (reader, row) =>
  reader.store.find('AssetVersion', asText(row.data['thumbnail_source_id']))?.data['thumbnail_id'] ?? null;

const isBetween = (now: string, from: Value | undefined, to: Value | undefined): boolean =>
  asText(from) <= now && now <= asText(to);

const scalars: Readonly<Record<string, Computed<Value>>> = {
  link,
  _link: link,
  time_logged: (reader, row) => reader.timeLogged(row),
  bid_time_logged_difference: (reader, row) => Number(row.data['bid'] ?? 0) - reader.timeLogged(row),
  thumbnail_id: sessionThumbnail,
  thumbnail_url: (reader, row) =>
    reader.thumbnailUrl(
      row.type === 'ReviewSession'
        ? sessionThumbnail(reader, row)
        : (row.data['thumbnail_id'] ?? row.data['component_id']),
    ),
  thumbnail_source_id: (_reader, row) => (typeof row.data['thumbnail_id'] === 'string' ? row.key : null),
  url: (reader, row) => reader.fileUrl(row),
  is_latest_version: (reader, row) => latestVersion(reader, row.data['asset_id']) === row,
  is_open: (_reader, row) => isBetween(nowStamp(), row.data['start_date'], row.data['end_date']),
};

const relations: Readonly<Record<string, Computed<Row | undefined>>> = {
  latest_version: (reader, row) => latestVersion(reader, row.key),
  setting: (reader, row) => reader.store.find('Setting', reader.store.keyOf('Setting', row.data)),
};

const collections: Readonly<Record<string, Computed<Row[]>>> = {
  ancestors: (reader, row) => reader.above(row).toReversed(),
  descendants: (reader, row) => reader.below(row),
};

/** The value of an attribute that no column holds, by its name. */
export function computedScalar(reader: Reader, row: Row, name: string): Value {
  return scalars[name]?.(reader, row) ?? null;
}

export function computedRelation(reader: Reader, row: Row, name: string): Row | undefined {
  return relations[name]?.(reader, row);
}

export function computedMembers(reader: Reader, row: Row, name: string): Row[] {
  return collections[name]?.(reader, row) ?? [];
}
