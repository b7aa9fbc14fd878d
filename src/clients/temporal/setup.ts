import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { SEARCH_ATTRIBUTES } from '../../contracts/names';
import { TemporalConfigError } from './connect';

const DAY_S = 86_400;
/** Closed runs stay visible at least so long: people look for last month's event. */
const MIN_RETENTION_DAYS = 30;
/** Type numbers of temporal.api.enums.v1.IndexedValueType. */
const INDEXED_TYPE = { KEYWORD: 2 } as const;
const STATUS = { notFound: 5, alreadyExists: 6, denied: 7, unimplemented: 12 } as const;
const VISIBLE_TRIES = 300;
const VISIBLE_PAUSE_MS = 100;

export interface SetUp {
  readonly namespaceCreated: boolean;
  /** Days, after the set-up; undefined when the server does not tell. */
  readonly retentionDays: number | undefined;
  readonly attributesCreated: readonly string[];
  /** One sentence per thing that we were not allowed to do. */
  readonly warnings: readonly string[];
}

/**
 * Gives the namespace what the product needs: it exists, keeps closed runs for 30 days or longer, and has our search
 * attributes. Safe to call from every process at every start. Longer retention and foreign attributes are left alone.
 * @throws TemporalConfigError when the attributes are missing and we may not create them.
 */
export async function setUpNamespace(connection: Connection, namespace: string): Promise<SetUp> {
  const warnings: string[] = [];
  const namespaceCreated = !(await exists(connection, namespace)) && (await register(connection, namespace));
  const retentionDays = await keepLongEnough(connection, namespace, warnings);
  const attributesCreated = await addAttributes(connection, namespace);
  return { namespaceCreated, retentionDays, attributesCreated, warnings };
}

/** Temporal's services read their list of namespaces anew every few seconds: a young one is unknown to some. */
async function whenServed<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (statusOf(error) !== STATUS.notFound || tries === VISIBLE_TRIES) {
        throw error;
      }
      await pause(VISIBLE_PAUSE_MS);
    }
  }
}

async function exists(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch (error) {
    if (statusOf(error) === STATUS.notFound) {
      return false;
    }
    throw error;
  }
}

async function register(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      description: 'ftrack and AYON events',
      workflowExecutionRetentionPeriod: msToTs(MIN_RETENTION_DAYS * DAY_S * 1000),
    });
    return true;
  } catch (error) {
    if (statusOf(error) === STATUS.alreadyExists) {
      return false;
    }
    throw new TemporalConfigError(
      `Temporal has no namespace "${namespace}" and did not let us create it; create it with a retention of at least ${MIN_RETENTION_DAYS} days.`,
      { cause: error },
    );
  }
}

async function keepLongEnough(
  connection: Connection,
  namespace: string,
  warnings: string[],
): Promise<number | undefined> {
  const now = await whenServed(() => connection.workflowService.describeNamespace({ namespace }));
  const seconds = Number(now.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (seconds >= MIN_RETENTION_DAYS * DAY_S) {
    return seconds / DAY_S;
  }
  try {
    const config = { workflowExecutionRetentionTtl: msToTs(MIN_RETENTION_DAYS * DAY_S * 1000) };
    await connection.workflowService.updateNamespace({ namespace, config });
    return MIN_RETENTION_DAYS;
  } catch (error) {
    const days = Math.round((seconds / DAY_S) * 10) / 10;
    warnings.push(
      `Temporal keeps closed runs of namespace "${namespace}" for ${days} days only and did not let us change it (${messageOf(error)}); set its retention to at least ${MIN_RETENTION_DAYS} days.`,
    );
    return seconds / DAY_S;
  }
}

async function addAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const wanted = Object.entries(SEARCH_ATTRIBUTES);
  const known = await whenServed(() => attributesOf(connection, namespace));
  const missing = wanted.filter(([name]) => !known.has(name));
  const wrong = wanted.filter(([name, type]) => known.has(name) && known.get(name) !== INDEXED_TYPE[type]);
  if (wrong.length > 0) {
    const names = wrong.map(([name]) => name).join(', ');
    throw new TemporalConfigError(
      `Temporal's namespace "${namespace}" has search attributes of the wrong type (${names}); they must be of type Keyword.`,
    );
  }
  if (missing.length === 0) {
    return [];
  }
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_TYPE[type]]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    await acceptIfPresent(connection, namespace, error);
  }
  await waitForAttributes(connection, namespace);
  return missing.map(([name]) => name);
}

/** Another process may have created them in the same moment. */
async function acceptIfPresent(connection: Connection, namespace: string, error: unknown): Promise<void> {
  const missing = await missingAttributes(connection, namespace);
  if (statusOf(error) !== STATUS.alreadyExists && missing.length > 0) {
    throw new TemporalConfigError(
      `Temporal's namespace "${namespace}" lacks the search attributes ${missing.join(', ')} and did not let us create them (${messageOf(error)}); create them with type Keyword.`,
      { cause: error },
    );
  }
}

async function waitForAttributes(connection: Connection, namespace: string): Promise<void> {
  for (let tries = 1; tries <= VISIBLE_TRIES; tries += 1) {
    if ((await missingAttributes(connection, namespace)).length === 0) {
      return;
    }
    await pause(VISIBLE_PAUSE_MS);
  }
  throw new TemporalConfigError(
    `Temporal's namespace "${namespace}" does not show its new search attributes.`,
  );
}

async function missingAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const known = await attributesOf(connection, namespace);
  return Object.keys(SEARCH_ATTRIBUTES).filter((name) => !known.has(name));
}

async function attributesOf(connection: Connection, namespace: string): Promise<Map<string, number>> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return new Map(Object.entries(customAttributes));
  } catch (error) {
    const code = statusOf(error);
    if (code !== STATUS.denied && code !== STATUS.unimplemented) {
      throw error;
    }
    // A hosted Temporal keeps the operator service to itself; its frontend lists all attributes for everyone.
    const { keys } = await connection.workflowService.getSearchAttributes({});
    return new Map(Object.entries(keys));
  }
}

const statusOf = (error: unknown): number | undefined => {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
};

const messageOf = (error: unknown): string =>
  (error as { details?: string }).details || (error instanceof Error ? error.message : String(error));
