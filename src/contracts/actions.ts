import { z } from 'zod';

const Selected = z.object({
  entityId: z.string(),
  /** Legacy table family: `show`, `task`, `assetversion`, … */
  entityType: z.string(),
});
export type Selected = z.infer<typeof Selected>;

/** An entity without an id, such as `socialfeed`, is none that an action could be about. */
const Selection = z.array(z.unknown()).transform((list) =>
  list.flatMap((each) => {
    const parsed = Selected.safeParse(each);
    return parsed.success ? [parsed.data] : [];
  }),
);

const User = z.object({ username: z.string().optional(), id: z.string().optional() });

/** `ftrack.action.discover` and `ftrack.action.launch` as the web page sends them (ftrack-protocol 2.6). */
export const ActionEvent = z.object({
  id: z.string(),
  topic: z.enum(['ftrack.action.discover', 'ftrack.action.launch']),
  source: z.object({ id: z.string(), user: User.nullish() }),
  data: z
    .object({
      selection: Selection.optional(),
      /** Where ftrack's documentation has it; pages send it flat. */
      context: z.object({ selection: Selection.optional() }).optional(),
      actionIdentifier: z.string().optional(),
      /** What was filled in, when a form comes back. */
      values: z.record(z.string(), z.unknown()).optional(),
    })
    .transform(({ selection, context, ...data }) => ({
      ...data,
      selection: selection ?? context?.selection ?? [],
    })),
});
export type ActionEvent = z.infer<typeof ActionEvent>;

/** A line of ftrack's menu. */
export interface ActionItem {
  readonly label: string;
  /** Items of one label become one line with a menu of its own, of variants. */
  readonly variant?: string;
  readonly description: string;
  readonly actionIdentifier: string;
  /** Address that the browser can reach. */
  readonly icon?: string;
}

/** What a launch is answered with: a line that passes by, or a form that stays and may be sent back. */
export type ActionAnswer =
  | { readonly success: boolean; readonly message: string }
  | {
      readonly items: readonly FormItem[];
      readonly title: string;
      readonly submit_button_label?: string;
    };

/** As far as our forms go. */
export interface FormItem {
  readonly type: 'label';
  /** Markdown. */
  readonly value: string;
}
