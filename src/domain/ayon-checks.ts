import type { KnownAyon } from './ayon-shapes';
import { SHAPES } from './ayon-shapes';
import { isAyonId } from './ids';
import type { AyonOperation } from './model';
import { isLegalName } from './names';

/**
 * What AYON would refuse, or drop silently, whatever else is in the batch.
 * @returns one sentence; undefined when nothing is wrong as far as is known
 */
export function fault(operation: AyonOperation, known: KnownAyon): string | undefined {
  const { type, path, entityId } = operation;
  const id: string = entityId;
  if (!isAyonId(entityId)) {
    return `${path} has no AYON id: "${id}" is not 32 lower-case hex digits`;
  }
  if (type === 'delete') {
    return undefined;
  }
  return (
    nameFault(operation) ??
    missing(operation) ??
    attributeFault(operation, known) ??
    statusFault(operation, known) ??
    typeFault(operation, known)
  );
}

function nameFault({ entityType, type, path, data }: AyonOperation): string | undefined {
  const { name } = data;
  const isAbsent = name === undefined && type === 'update';
  if (!SHAPES[entityType].isNamed || isAbsent) {
    return undefined;
  }
  return typeof name === 'string' && isLegalName(name)
    ? undefined
    : `${path}: AYON takes no ${entityType} of the name ${JSON.stringify(name ?? '')}; it allows A-Z a-z 0-9 _ . - and neither dot nor dash at the ends`;
}

function missing({ entityType, type, path, data }: AyonOperation): string | undefined {
  const { parent, isParentOptional, required } = SHAPES[entityType];
  const isLost = !isParentOptional && (data[parent.field] ?? null) === null;
  if (isLost && (type === 'create' || data[parent.field] === null)) {
    return `${path}: a ${entityType} needs a ${parent.type} to lie in (${parent.field})`;
  }
  const absent = type === 'create' ? required.find((field) => (data[field] ?? null) === null) : undefined;
  return absent === undefined ? undefined : `${path}: AYON makes no ${entityType} without ${absent}`;
}

function attributeFault(
  { entityType, path, data }: AyonOperation,
  { attributes }: KnownAyon,
): string | undefined {
  const { attrib } = data;
  if (attributes === undefined || typeof attrib !== 'object' || attrib === null) {
    return undefined;
  }
  for (const name of Object.keys(attrib)) {
    const attribute = attributes.get(name);
    if (attribute === undefined) {
      return `${path}: AYON has no attribute "${name}" and would drop it silently; create the attribute and restart the server`;
    }
    if (!attribute.scope.includes(entityType)) {
      return `${path}: AYON's attribute "${name}" is not for a ${entityType} and would be dropped silently; add ${entityType} to its scope and restart the server`;
    }
  }
  return undefined;
}

function statusFault({ entityType, path, data }: AyonOperation, { project }: KnownAyon): string | undefined {
  const { status } = data;
  if (project === undefined || typeof status !== 'string') {
    return undefined;
  }
  const entry = project.statuses.find(({ name }) => name === status);
  const isFit = entry !== undefined && (entry.scope?.includes(entityType) ?? true);
  return isFit
    ? undefined
    : `${path}: the AYON project has no status "${status}" for a ${entityType}; add it to the project's anatomy`;
}

function typeFault({ entityType, path, data }: AyonOperation, { project }: KnownAyon): string | undefined {
  const { type } = SHAPES[entityType];
  const value = type === undefined ? undefined : data[type.field];
  if (type === undefined || project === undefined || typeof value !== 'string') {
    return undefined;
  }
  return project[type.list].some(({ name }) => name === value)
    ? undefined
    : `${path}: the AYON project has no ${entityType} type "${value}"; add it to the project's anatomy`;
}
