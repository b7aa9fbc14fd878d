export const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** The system's code of a failure (`ENOSPC`), for messages. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : error instanceof Error
      ? error.message
      : String(error);

const IN_THE_WAY = 'move away what lies there in its place';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on its disk',
  EDQUOT: "free space, or raise the user's quota",
  EROFS: 'mount it writable',
  EACCES: 'let the user of this process write there',
  EPERM: 'let the user of this process write there',
  EISDIR: IN_THE_WAY,
  ENOTDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  ENOENT: 'bring the folder back',
};

/** What a person can do about a failure of the disk, by the system's code. */
export const remedyFor = (error: unknown): string => REMEDIES[codeOf(error)] ?? 'repair its disk or mount';
